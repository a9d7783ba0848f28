use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::uids;
use dicom_encoding::TransferSyntaxIndex;
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;
use isoboost_suv::{RefusalCode, SuvOptions, derive};

use super::*;

fn text(tag: Tag, vr: VR, value: &str) -> DataElement<InMemDicomObject> {
    DataElement::new(tag, vr, PrimitiveValue::from(value))
}

fn sequence(tag: Tag, items: Vec<InMemDicomObject>) -> DataElement<InMemDicomObject> {
    DataElement::new(tag, VR::SQ, DataSetSequence::from(items))
}

fn item(elements: impl IntoIterator<Item = DataElement<InMemDicomObject>>) -> InMemDicomObject {
    InMemDicomObject::from_element_iter(elements)
}

fn substance(dose: &str) -> InMemDicomObject {
    item([
        text(tags::RADIOPHARMACEUTICAL, VR::LO, "PSMA-1007"),
        text(
            tags::RADIOPHARMACEUTICAL_START_DATE_TIME,
            VR::DT,
            "20260301100000",
        ),
        text(tags::RADIOPHARMACEUTICAL_START_TIME, VR::TM, "100000"),
        text(tags::RADIONUCLIDE_TOTAL_DOSE, VR::DS, dose),
        text(tags::RADIONUCLIDE_HALF_LIFE, VR::DS, "6586.2"),
    ])
}

fn classic() -> InMemDicomObject {
    item([
        text(tags::SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.128"),
        text(tags::SERIES_DATE, VR::DA, "20260301"),
        text(tags::SERIES_TIME, VR::TM, "110000"),
        text(tags::ACQUISITION_DATE, VR::DA, "20260301"),
        text(tags::ACQUISITION_TIME, VR::TM, "110000.5"),
        text(tags::MANUFACTURER, VR::LO, "SIEMENS"),
        text(tags::PATIENT_WEIGHT, VR::DS, "80"),
        text(tags::ACTUAL_FRAME_DURATION, VR::IS, "120000"),
        text(tags::RESCALE_SLOPE, VR::DS, "2.5"),
        text(tags::RESCALE_INTERCEPT, VR::DS, "0"),
        text(tags::CORRECTED_IMAGE, VR::CS, "DECY\\ATTN"),
        sequence(
            tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE,
            vec![substance("200000000")],
        ),
        text(tags::UNITS, VR::CS, "BQML"),
        text(tags::DECAY_CORRECTION, VR::CS, "START"),
        text(tags::FRAME_REFERENCE_TIME, VR::DS, "60000"),
    ])
}

fn of(objects: &[InMemDicomObject]) -> PetFacts {
    let slices: Vec<PetSlice<'_>> = objects
        .iter()
        .map(|object| PetSlice {
            attributes: Attributes::new(object),
            frame: 0,
        })
        .collect();
    pet_facts(&slices, Some(0.05))
}

/// The object as it comes back from an Implicit VR file, where private elements have no VR.
fn implicit(object: &InMemDicomObject) -> InMemDicomObject {
    let syntax = TransferSyntaxRegistry
        .get(uids::IMPLICIT_VR_LITTLE_ENDIAN)
        .unwrap();
    let mut bytes = Vec::new();
    object.write_dataset_with_ts(&mut bytes, syntax).unwrap();
    InMemDicomObject::read_dataset_with_ts(&bytes[..], syntax).unwrap()
}

fn factor(facts: &PetFacts) -> f64 {
    let suv = derive(facts, &SuvOptions::default()).unwrap();
    suv.factor().unwrap()
}

/// 80 kg, 200 MBq, an hour: SUVbw per Bq/mL.
fn hour_factor() -> f64 {
    80_000.0 / (200e6 * 0.5_f64.powf(3600.0 / 6586.2))
}

#[test]
fn a_classic_object_gives_its_facts() {
    let facts = of(&[classic(), classic()]);
    assert_eq!(facts.frames.len(), 2);
    assert_eq!(facts.frames[1].frame_duration_s, Fact::Known(120.0));
    assert_eq!(facts.frames[1].frame_reference_time_s, Fact::Known(60.0));
    assert_eq!(facts.frames[0].rescale_slope, Fact::Known(2.5));
    assert_eq!(facts.patient_size, Fact::Missing);
    assert_eq!(facts.voxel_volume_ml, Some(0.05));
    assert!((factor(&facts) / hour_factor() - 1.0).abs() < 1e-12);
}

#[test]
fn what_instances_do_not_agree_on_is_no_fact() {
    let mut other = classic();
    other.put(text(tags::PATIENT_WEIGHT, VR::DS, "8"));
    let facts = of(&[classic(), other, classic()]);
    let expected = "80 in 2 instances, 8 in 1 instances";
    assert_eq!(facts.patient_weight, Fact::Unusable(expected.to_owned()));
    let error = derive(&facts, &SuvOptions::default()).unwrap_err();
    assert_eq!(error.refusals[0].code, RefusalCode::Weight);
    assert!(error.to_string().contains(expected), "{error}");

    let mut other = classic();
    other.put(sequence(
        tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE,
        vec![substance("300000000")],
    ));
    let facts = of(&[classic(), other]);
    let error = derive(&facts, &SuvOptions::default()).unwrap_err();
    assert_eq!(error.options(), ["--dose-mbq"]);
}

#[test]
fn malformed_values_are_kept_for_the_message() {
    let mut object = classic();
    object.put(text(tags::PATIENT_WEIGHT, VR::DS, "80,5"));
    object.put(text(tags::PATIENT_SIZE, VR::DS, ""));
    object.put(text(tags::ACQUISITION_TIME, VR::TM, "11"));
    object.put(text(tags::SERIES_TIME, VR::TM, ""));
    let facts = of(&[object]);
    assert_eq!(facts.patient_weight, Fact::Unusable("80,5".to_owned()));
    assert_eq!(facts.patient_size, Fact::Empty);
    assert_eq!(facts.frames[0].acquisition, Fact::Unusable("11".to_owned()));
    let words = "2026-03-01 without a time".to_owned();
    assert_eq!(facts.series_start, Fact::Unusable(words));
}

#[test]
fn the_time_zone_of_the_object_holds_where_none_is_stated() {
    let mut object = classic();
    object.put(text(tags::TIMEZONE_OFFSET_FROM_UTC, VR::SH, "+0200"));
    let facts = of(&[object]);
    assert_eq!(facts.series_start.get().unwrap().utc_offset_s, Some(7200));
    let injection = facts.radiopharmaceuticals[0].start_datetime.get();
    assert_eq!(injection.unwrap().utc_offset_s, Some(7200));
}

/// A reader that trusted the value representation would take the first digit's code, 48.
#[test]
fn private_factors_are_read_from_implicit_files_with_or_without_their_creator() {
    let factor_of = |maker: &str, creator: Option<&str>| {
        let mut object = classic();
        object.put(text(tags::MANUFACTURER, VR::LO, maker));
        object.put(text(tags::UNITS, VR::CS, "CNTS"));
        if let Some(creator) = creator {
            object.put(text(Tag(0x7053, 0x0010), VR::LO, creator));
        }
        object.put(text(private::PHILIPS_SUV_FACTOR, VR::DS, "0.00042 "));
        object.put(text(private::PHILIPS_ACTIVITY_FACTOR, VR::DS, "0.0"));
        of(&[implicit(&object)]).frames[0]
            .philips_suv_factor
            .clone()
    };
    let philips = "Philips Medical Systems";
    assert_eq!(
        factor_of(philips, Some(private::PHILIPS)),
        Fact::Known(0.00042)
    );
    assert_eq!(factor_of(philips, None), Fact::Known(0.00042));
    assert_eq!(factor_of(philips, Some("SOMEBODY ELSE")), Fact::Missing);
    assert_eq!(factor_of("Acme", None), Fact::Missing);
}

#[test]
fn private_times_are_those_of_their_maker() {
    let reference_of = |maker: &str| {
        let mut object = classic();
        object.put(text(tags::MANUFACTURER, VR::LO, maker));
        object.put(text(
            private::GE_DECAY_REFERENCE,
            VR::DT,
            "20260301105900.00",
        ));
        object.put(text(
            private::SIEMENS_DECAY_REFERENCE,
            VR::DT,
            "20260301105800.000000",
        ));
        let facts = of(&[implicit(&object)]);
        let time = |fact: Fact<Stamp>| fact.get().map(|s| s.to_string());
        (
            time(facts.ge_decay_reference),
            time(facts.siemens_decay_reference),
        )
    };
    let ge = Some("2026-03-01 10:59:00".to_owned());
    let siemens = Some("2026-03-01 10:58:00".to_owned());
    assert_eq!(reference_of("GE MEDICAL SYSTEMS"), (ge, None));
    assert_eq!(reference_of("SIEMENS"), (None, siemens.clone()));
    assert_eq!(reference_of("CPS"), (None, siemens));
    assert_eq!(reference_of("Canon"), (None, None));
}

fn enhanced_frame(began: &str, slope: &str) -> InMemDicomObject {
    item([
        sequence(
            tags::FRAME_CONTENT_SEQUENCE,
            vec![item([
                text(tags::FRAME_ACQUISITION_DATE_TIME, VR::DT, began),
                DataElement::new(
                    tags::FRAME_ACQUISITION_DURATION,
                    VR::FD,
                    PrimitiveValue::from(120_000.0_f64),
                ),
            ])],
        ),
        sequence(
            tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE,
            vec![item([
                text(tags::RESCALE_SLOPE, VR::DS, slope),
                text(tags::RESCALE_INTERCEPT, VR::DS, "0"),
            ])],
        ),
    ])
}

fn mapping(unit: &str, slope: f64) -> InMemDicomObject {
    item([sequence(
        tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE,
        vec![item([
            sequence(
                tags::MEASUREMENT_UNITS_CODE_SEQUENCE,
                vec![item([text(tags::CODE_VALUE, VR::SH, unit)])],
            ),
            DataElement::new(
                tags::REAL_WORLD_VALUE_SLOPE,
                VR::FD,
                PrimitiveValue::from(slope),
            ),
        ])],
    )])
}

fn enhanced(unit: &str, mapped_slope: f64) -> InMemDicomObject {
    item([
        text(tags::SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.130"),
        text(tags::PATIENT_WEIGHT, VR::DS, "80"),
        text(tags::DECAY_CORRECTION_DATE_TIME, VR::DT, "20260301110000"),
        text(tags::DECAY_CORRECTED, VR::CS, "YES"),
        text(tags::ATTENUATION_CORRECTED, VR::CS, "YES"),
        // MBq in this kind of object.
        sequence(
            tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE,
            vec![substance("200")],
        ),
        sequence(
            tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE,
            vec![mapping(unit, mapped_slope)],
        ),
        sequence(
            tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
            vec![
                enhanced_frame("20260301110000", "2.5"),
                enhanced_frame("20260301110200", "2.5"),
            ],
        ),
    ])
}

#[test]
fn an_enhanced_object_gives_its_facts_from_functional_groups() {
    let object = enhanced("Bq/ml", 2.5);
    let slices = [1, 0].map(|frame| PetSlice {
        attributes: Attributes::new(&object),
        frame,
    });
    let facts = pet_facts(&slices, None);
    assert_eq!(facts.sop_class, PetSopClass::EnhancedPet);
    assert_eq!(facts.frames[1].frame_duration_s, Fact::Known(120.0));
    let began = facts.frames[0].acquisition.get().unwrap();
    assert_eq!(began.to_string(), "2026-03-01 11:02:00");
    let suv = derive(&facts, &SuvOptions::default()).unwrap();
    assert!((suv.factor().unwrap() / hour_factor() - 1.0).abs() < 1e-12);
    assert_eq!(suv.findings, []);
}

#[test]
fn an_enhanced_object_states_its_unit_in_the_mapping_of_its_values() {
    let of_unit = |unit: &str, slope: f64| {
        let facts = of(&[enhanced(unit, slope)]);
        (facts.units, facts.suv_type)
    };
    let known = |text: &str| Fact::Known(text.to_owned());
    assert_eq!(of_unit("Bq/ml", 2.5), (known("BQML"), Fact::Missing));
    assert_eq!(of_unit("g/ml{SUVbw}", 2.5), (known("GML"), known("BW")));
    assert_eq!(
        of_unit("g/ml{SUVlbm(Janma)}", 2.5),
        (known("GML"), known("LBMJANMA"))
    );
    assert_eq!(
        of_unit("cm2/ml{SUVbsa}", 2.5),
        (known("CM2ML"), known("BSA"))
    );
    assert_eq!(
        of_unit("mmol/ml", 2.5).0,
        Fact::Unusable("mmol/ml".to_owned())
    );
    // A mapping of the same values by another slope says nothing about the rescaled ones.
    assert_eq!(of_unit("Bq/ml", 7.0), (Fact::Missing, Fact::Missing));
}

#[test]
fn a_converted_object_keeps_the_classic_attributes_aside() {
    let moved = [
        tags::UNITS,
        tags::DECAY_CORRECTION,
        tags::CORRECTED_IMAGE,
        tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE,
    ];
    let mut object = classic();
    let shared: Vec<_> = moved.iter().filter_map(|tag| object.take(*tag)).collect();
    let own = [tags::FRAME_REFERENCE_TIME, tags::ACTUAL_FRAME_DURATION];
    let own: Vec<_> = own.iter().filter_map(|tag| object.take(*tag)).collect();
    object.put(text(
        tags::SOP_CLASS_UID,
        VR::UI,
        "1.2.840.10008.5.1.4.1.1.128.1",
    ));
    object.put(sequence(
        tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE,
        vec![item([sequence(
            tags::UNASSIGNED_SHARED_CONVERTED_ATTRIBUTES_SEQUENCE,
            vec![item(shared)],
        )])],
    ));
    object.put(sequence(
        tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
        vec![item([sequence(
            tags::UNASSIGNED_PER_FRAME_CONVERTED_ATTRIBUTES_SEQUENCE,
            vec![item(own)],
        )])],
    ));
    let facts = of(&[object]);
    assert_eq!(facts.frames[0].frame_duration_s, Fact::Known(120.0));
    assert!((factor(&facts) / hour_factor() - 1.0).abs() < 1e-12);
}
