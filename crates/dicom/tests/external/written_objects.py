"""Reads objects that we wrote with software that we did not.

Usage: written_objects.py segmentation FILE SLICES FOLDER
       written_objects.py report FILE
       written_objects.py plan FILE
Prints one JSON object with what the reader found. Decides nothing; the test that calls it does.
"""

import json
import pathlib
import sys

import highdicom
import numpy
import pydicom
from skimage.color import lab2xyz, xyz2rgb


def code(concept, modifiers=()):
    return [concept.value, concept.scheme_designator, *modifiers]


def colour(item):
    """sRGB of a recommended CIELab value in D50, by scikit-image's conversions."""
    light, a, b = (float(v) for v in item.RecommendedDisplayCIELabValue)
    lab = [light / 65535 * 100, a / 65535 * 255 - 128, b / 65535 * 255 - 128]
    xyz = lab2xyz(numpy.array([[lab]]), illuminant="D50")[0, 0]
    # Bradford adaptation of D50 to the D65 of sRGB.
    adapted = numpy.array([[0.9555766, -0.0230393, 0.0631636], [-0.0282895, 1.0099416, 0.0210077],
                           [0.0122982, -0.0204830, 1.3299098]]) @ xyz
    return [int(v) for v in numpy.rint(xyz2rgb(adapted[None, None])[0, 0] * 255)]


def segmentation(file, slices, folder):
    """Masks by source slice, the places of their voxels, and what each segment says it is."""
    seg = highdicom.seg.segread(file)
    uids = pathlib.Path(slices).read_text().split()
    told = {"overlap": seg.SegmentsOverlap, "type": seg.SegmentationType, "segments": [],
            "places": [], "series": seg.SeriesDescription}
    for number in seg.segment_numbers:
        description = seg.get_segment_description(number)
        region = description.AnatomicRegionSequence[0]
        side = region.get("AnatomicRegionModifierSequence")
        algorithm = description.SegmentationAlgorithmIdentificationSequence[0]
        told["segments"].append({
            "label": description.segment_label, "tracking_id": description.tracking_id,
            "tracking_uid": description.tracking_uid,
            "category": code(description.segmented_property_category),
            "type": code(description.segmented_property_type),
            "region": [region.CodeValue, region.CodingSchemeDesignator,
                       side[0].CodeValue if side else None],
            "algorithm_type": description.SegmentAlgorithmType,
            "algorithm": [algorithm.AlgorithmName, algorithm.AlgorithmVersion,
                          algorithm.AlgorithmParameters],
            "colour": colour(description),
        })
        if uids:
            masks = seg.get_pixels_by_source_instance(
                source_sop_instance_uids=uids, segment_numbers=[number],
                assert_missing_frames_are_empty=True)
            masks[..., 0].astype("u1").tofile(pathlib.Path(folder) / f"{number}.raw")
            volume = seg.get_volume(segment_numbers=[number])
            index = numpy.argwhere(volume.array[..., 0] > 0)
            told["places"].append(volume.map_indices_to_reference(index).tolist())
    return told


def written_numbers(items):
    """The decimal strings of the numbers in content items, in their order, as the file has them."""
    for item in items:
        if item.ValueType == "NUM":
            yield item.MeasuredValueSequence[0].NumericValue.original_string
        yield from written_numbers(item.get("ContentSequence", []))


def report(file):
    """The measurement groups, by highdicom's interface for TID 1500."""
    # highdicom makes a new string of each number, so the file's own are read apart.
    texts = written_numbers(pydicom.dcmread(file).ContentSequence)
    document = highdicom.sr.srread(file)
    told = {"template": document.content.__class__.__name__, "groups": [],
            "completion": document.CompletionFlag, "verification": document.VerificationFlag,
            "preliminary": document.PreliminaryFlag, "series": document.SeriesDescription,
            "evidence": {item.SeriesInstanceUID: len(item.ReferencedSOPSequence)
                         for study in document.CurrentRequestedProcedureEvidenceSequence
                         for item in study.ReferencedSeriesSequence}}
    told["verified"] = [[str(item.VerifyingObserverName), item.VerifyingOrganization,
                         item.VerificationDateTime,
                         len(item.VerifyingObserverIdentificationCodeSequence)]
                        for item in document.get("VerifyingObserverSequence", [])]
    observers = document.content.get_observer_contexts()
    told["observers"] = [
        ["DEVICE"] if context.observer_type.meaning == "Device" else
        ["PERSON", str(context.observer_identifying_attributes.name),
         context.observer_identifying_attributes.organization_name] for context in observers]
    told["comments"] = [item.TextValue for item in pydicom.dcmread(file).ContentSequence
                        if item.ConceptNameCodeSequence[0].CodeValue == "121106"]
    for group in document.content.get_volumetric_roi_measurement_groups():
        item = group.referenced_segment[0]
        series = group._source_series_for_segmentation_item
        told["groups"].append({
            "tracking_id": group.tracking_identifier, "tracking_uid": group.tracking_uid,
            "finding": code(group.finding_type), "category": code(group.finding_category),
            "sites": [[*code(site.value), site.laterality.value if site.laterality else None]
                      for site in group.finding_sites],
            "segmentation": item.referenced_sop_instance_uid,
            "segment": [int(n) for n in item.ReferencedSOPSequence[0].ReferencedSegmentNumber]
            if isinstance(item.ReferencedSOPSequence[0].ReferencedSegmentNumber, list)
            else int(item.ReferencedSOPSequence[0].ReferencedSegmentNumber),
            "source_series": series.value if series else None,
            "measurements": [{
                "name": code(m.name), "value": m.value, "unit": code(m.unit),
                "derivation": code(m.derivation) if m.derivation else None,
                "text": next(texts)}
                for m in group.get_measurements()],
            # The finding category has the form of an evaluation, too.
            "evaluations": [[*code(e.name), e.value.value]
                            for e in group.get_qualitative_evaluations()
                            if e.name.value != "276214006"],
        })
    return told


def number(value):
    return None if value in (None, "") else float(value)


def plan(file):
    """The open fields of a plan, and whatever in it has to do with dose."""
    document = pydicom.dcmread(file)
    group = document.FractionGroupSequence[0]
    about_dose = ("Meterset", "Dose", "NominalBeamEnergy", "PrimaryDosimeterUnit")
    told = {"instance": document.SOPInstanceUID, "label": document.RTPlanLabel,
            "intent": document.PlanIntent, "approval": document.ApprovalStatus,
            "series": document.SeriesDescription, "frame": document.FrameOfReferenceUID,
            "structures": document.ReferencedStructureSetSequence[0].ReferencedSOPInstanceUID,
            "position": document.PatientSetupSequence[0].PatientPosition,
            "fractions": number(group.NumberOfFractionsPlanned),
            "referenced_beams": [int(b.ReferencedBeamNumber) for b in group.ReferencedBeamSequence],
            "dose_attributes": sorted(
                {e.keyword for e in document.iterall()
                 if any(word in e.keyword for word in about_dose) and e.value not in (None, "")}),
            "beams": []}
    for beam in document.BeamSequence:
        first = beam.ControlPointSequence[0]
        told["beams"].append({
            "name": beam.BeamName, "machine": beam.TreatmentMachineName,
            "sad": float(beam.SourceAxisDistance), "gantry": float(first.GantryAngle),
            "collimator": float(first.BeamLimitingDeviceAngle),
            "couch": float(first.PatientSupportAngle),
            "isocentre": [float(v) for v in first.IsocenterPosition],
            "weights": [number(p.CumulativeMetersetWeight) for p in beam.ControlPointSequence],
            **{jaw.RTBeamLimitingDeviceType: [float(v) for v in jaw.LeafJawPositions]
               for jaw in first.BeamLimitingDevicePositionSequence}})
    return told


if __name__ == "__main__":
    commands = {"plan": plan, "report": report, "segmentation": segmentation}
    json.dump(commands[sys.argv[1]](*sys.argv[2:]), sys.stdout)
