"""Rebuilds the masks of a written RTSTRUCT with foreign readers and compares them with targets.nii.gz.

Usage: check_rtstruct.py RESULT_FOLDER CT_FOLDER
Prints one JSON object: for each ROI the volumes and Dice coefficients against our own target mask,
and what is wrong with the contours as written. Decides nothing; the test that calls it does.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import nibabel
import numpy
import pydicom
import rt_utils
from DicomRTTool.ReaderWriter import DicomReaderWriter


def ct_geometry(folder):
    """Slices sorted along the normal: (affine LPS from (i, j, k), shape (ni, nj, nk), z spacing)."""
    slices = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            try:
                header = pydicom.dcmread(path, stop_before_pixels=True)
            except pydicom.errors.InvalidDicomError:
                continue
            if header.get("Modality") == "CT" and "LOCALIZER" not in header.get("ImageType", []):
                slices.append(header)
    first = slices[0]
    row = numpy.array(first.ImageOrientationPatient[:3], float)
    column = numpy.array(first.ImageOrientationPatient[3:], float)
    normal = numpy.cross(row, column)
    slices.sort(key=lambda s: normal @ numpy.array(s.ImagePositionPatient, float))
    origin = numpy.array(slices[0].ImagePositionPatient, float)
    last = numpy.array(slices[-1].ImagePositionPatient, float)
    step = (last - origin) / (len(slices) - 1)
    affine = numpy.eye(4)
    affine[:3, 0] = row * float(first.PixelSpacing[1])
    affine[:3, 1] = column * float(first.PixelSpacing[0])
    affine[:3, 2] = step
    affine[:3, 3] = origin
    shape = (int(first.Columns), int(first.Rows), len(slices))
    return affine, shape, slices


def own_masks(result, affine, shape):
    """Our target masks on the whole CT grid, by ROI number."""
    image = nibabel.load(result / "targets.nii.gz")
    data = numpy.asarray(image.dataobj)
    lps = numpy.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine
    masks = {}
    for number in sorted(int(n) for n in numpy.unique(data) if n > 0):
        here = data == number
        if here.ndim == 4:
            here = here.any(axis=3)
        voxels = numpy.argwhere(here)
        world = lps @ numpy.c_[voxels, numpy.ones(len(voxels))].T
        index = numpy.linalg.solve(affine, world)[:3].T
        rounded = numpy.rint(index).astype(int)
        if abs(index - rounded).max() > 0.01:
            raise SystemExit("targets.nii.gz does not lie on the CT's voxels")
        mask = numpy.zeros(shape, bool)
        mask[tuple(rounded.T)] = True
        masks[number] = mask
    return masks


def plastimatch_masks(result, ct_folder):
    """Masks by plastimatch, by ROI name, on the CT grid."""
    masks = {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["plastimatch", "convert", "--input", str(result / "rtstruct.dcm"),
             "--referenced-ct", str(ct_folder), "--output-prefix", folder,
             "--prefix-format", "nii.gz"],
            check=True, capture_output=True)
        for path in pathlib.Path(folder).glob("*.nii.gz"):
            image = nibabel.load(path)
            masks[path.name.removesuffix(".nii.gz")] = (
                numpy.asarray(image.dataobj) > 0, numpy.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine)
    return masks


def on_ct(mask, mask_affine, affine, shape):
    """A mask on the CT's voxels in another voxel order, brought into (i, j, k)."""
    voxels = numpy.argwhere(mask)
    full = numpy.zeros(shape, bool)
    if len(voxels):
        world = mask_affine @ numpy.c_[voxels, numpy.ones(len(voxels))].T
        index = numpy.rint(numpy.linalg.solve(affine, world)[:3].T).astype(int)
        full[tuple(index.T)] = True
    return full


def scikit_image_masks(rtstruct, affine, shape, slices):
    """Masks by pydicom and scikit-image, by ROI number: even-odd over the contours of a slice."""
    from skimage.draw import polygon2mask

    place = {s.SOPInstanceUID: k for k, s in enumerate(slices)}
    masks = {}
    for roi in rtstruct.ROIContourSequence:
        mask = numpy.zeros(shape, bool)
        for contour in roi.get("ContourSequence", []):
            points = numpy.array(contour.ContourData, float).reshape(-1, 3)
            index = numpy.linalg.solve(affine, numpy.c_[points, numpy.ones(len(points))].T)[:2].T
            k = place[contour.ContourImageSequence[0].ReferencedSOPInstanceUID]
            mask[:, :, k] ^= polygon2mask(shape[:2], index)
        masks[int(roi.ReferencedROINumber)] = mask
    return masks


def outline_masks(rtstruct, affine, shape, slices):
    """Masks by the rule of OpenCV's fillPoly, drawn with scikit-image: vertices are rounded to
    pixels, and every pixel that the outline runs through belongs to the region, as half of them
    would by their centres. rt-utils and DicomRTTool fill so."""
    from skimage.draw import polygon, polygon_perimeter

    place = {s.SOPInstanceUID: k for k, s in enumerate(slices)}
    masks = {}
    for roi in rtstruct.ROIContourSequence:
        mask = numpy.zeros(shape, bool)
        for contour in roi.get("ContourSequence", []):
            points = numpy.array(contour.ContourData, float).reshape(-1, 3)
            index = numpy.linalg.solve(affine, numpy.c_[points, numpy.ones(len(points))].T)[:2].T
            rounded = numpy.floor(index + 0.5).astype(int)
            here = numpy.zeros(shape[:2], bool)
            here[polygon(*rounded.T, shape=shape[:2])] = True
            here[polygon_perimeter(*rounded.T, shape=shape[:2])] = True
            mask[:, :, place[contour.ContourImageSequence[0].ReferencedSOPInstanceUID]] ^= here
        masks[int(roi.ReferencedROINumber)] = mask
    return masks


def rt_utils_masks(result, ct_folder, normal):
    """Masks by rt-utils, by ROI name, in (i, j, k)."""
    structures = rt_utils.RTStructBuilder.create_from(str(ct_folder), str(result / "rtstruct.dcm"))
    # It sorts slices by itself; put its order to ours.
    order = numpy.argsort(
        [normal @ numpy.array(s.ImagePositionPatient, float) for s in structures.series_data])
    masks = {}
    for name in structures.get_roi_names():
        rows_columns_slices = structures.get_roi_mask_by_name(name)[:, :, order]
        masks[name] = numpy.swapaxes(rows_columns_slices, 0, 1)
    return masks


def dicomrttool_masks(result, ct_folder):
    """Masks by DicomRTTool, by ROI name, each with the affine of its voxels in LPS."""
    names = [r.ROIName for r in pydicom.dcmread(result / "rtstruct.dcm").StructureSetROISequence]
    with tempfile.TemporaryDirectory() as folder:
        # It pairs images and structures that lie in one folder.
        for path in [*pathlib.Path(ct_folder).rglob("*.dcm"), result / "rtstruct.dcm"]:
            (pathlib.Path(folder) / path.name).symlink_to(path.resolve())
        reader = DicomReaderWriter(arg_max=False, verbose=False)
        reader.set_contour_names_and_associations(contour_names=names)
        reader.walk_through_folders(folder)
        reader.get_images_and_mask()
    image = reader.dicom_handle
    affine = numpy.eye(4)
    direction = numpy.array(image.GetDirection()).reshape(3, 3)
    affine[:3, :3] = direction @ numpy.diag(image.GetSpacing())
    affine[:3, 3] = image.GetOrigin()
    # Channel 0 is the background.
    masks = (numpy.transpose(reader.mask[..., n + 1], (2, 1, 0)) > 0 for n in range(len(names)))
    return {name: (mask, affine) for name, mask in zip(names, masks)}


def dice(a, b):
    total = a.sum() + b.sum()
    return float(2 * (a & b).sum() / total) if total else 1.0


def polygon_area(points, row, column):
    """Area with sign of a closed polygon in the plane of `row` and `column`."""
    x, y = points @ row, points @ column
    return 0.5 * float(numpy.sum(x * numpy.roll(y, -1) - numpy.roll(x, -1) * y))


def main():
    result, ct_folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    affine, shape, slices = ct_geometry(ct_folder)
    spacing = numpy.linalg.norm(affine[:3, 2])
    row, column = (affine[:3, a] / numpy.linalg.norm(affine[:3, a]) for a in (0, 1))
    planes = {s.SOPInstanceUID: numpy.array(s.ImagePositionPatient, float) for s in slices}
    normal = numpy.cross(row, column)
    rtstruct = pydicom.dcmread(result / "rtstruct.dcm")
    names = {int(r.ROINumber): r.ROIName for r in rtstruct.StructureSetROISequence}
    own = own_masks(result, affine, shape)
    theirs = plastimatch_masks(result, ct_folder)
    python = scikit_image_masks(rtstruct, affine, shape, slices)
    outline = outline_masks(rtstruct, affine, shape, slices)
    by_rt_utils = rt_utils_masks(result, ct_folder, normal)
    by_dicomrttool = dicomrttool_masks(result, ct_folder)
    voxel_ml = abs(numpy.linalg.det(affine[:3, :3])) / 1000

    rois = []
    for roi in rtstruct.ROIContourSequence:
        number = int(roi.ReferencedROINumber)
        name = names[number]
        problems, polygon_ml = [], 0.0
        for contour in roi.get("ContourSequence", []):
            data = contour.ContourData
            points = numpy.array(data, float).reshape(-1, 3)
            if len(points) < 3 or len(points) != int(contour.NumberOfContourPoints):
                problems.append(f"{len(points)} points, said {contour.NumberOfContourPoints}")
            if any(len(str(getattr(v, "original_string", v))) > 16 for v in data):
                problems.append("decimal string over 16 characters")
            image = contour.ContourImageSequence[0].ReferencedSOPInstanceUID
            if image not in planes:
                problems.append(f"references an image that is not there: {image}")
            elif abs((points - planes[image]) @ normal).max() > 0.002:
                problems.append("does not lie in the plane of its image")
            polygon_ml += abs(polygon_area(points, row, column)) * spacing / 1000
        mask = own[number]
        entry = {"number": number, "name": name, "mask_ml": float(mask.sum() * voxel_ml),
                 "polygon_ml": polygon_ml, "problems": problems}
        if name in theirs:
            rebuilt = on_ct(*theirs[name], affine, shape)
            entry["plastimatch_ml"] = float(rebuilt.sum() * voxel_ml)
            entry["plastimatch_dice"] = dice(mask, rebuilt)
        entry["rt_utils_dice"] = dice(mask, by_rt_utils[name])
        entry["dicomrttool_dice"] = dice(mask, on_ct(*by_dicomrttool[name], affine, shape))
        entry["rt_utils_outline_dice"] = dice(outline[number], by_rt_utils[name])
        entry["dicomrttool_outline_dice"] = dice(
            outline[number], on_ct(*by_dicomrttool[name], affine, shape))
        entry["points"] = sum(int(c.NumberOfContourPoints) for c in roi.get("ContourSequence", []))
        entry["python_ml"] = float(python[number].sum() * voxel_ml)
        entry["python_dice"] = dice(mask, python[number])
        rois.append(entry)
    print(json.dumps({"rois": rois}, indent=1))


main()
