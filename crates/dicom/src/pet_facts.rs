//! What the headers of a PET series say about its SUV, gathered as they say it.
//!
//! Nothing is judged here: whether a fact is good enough is decided by `isoboost-suv`. Only what
//! belongs to DICOM is: where an attribute lies, how its text is read, and whether the instances
//! of a series agree on it.

use std::fmt::Display;

use chrono::NaiveTime;
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use isoboost_suv::{
    Code, Fact, FrameFacts, PetFacts, PetSopClass, RadiopharmaceuticalFacts, Stamp,
};

use crate::attributes::{AttributeError, Attributes};
use crate::pet_frame::PetFrame;
use crate::text_values::DateTimeValue;

/// Private creators of the elements that matter, and where these usually lie.
pub(crate) mod private {
    use dicom_core::Tag;

    pub(crate) const GE: &str = "GEMS_PETD_01";
    pub(crate) const GE_DECAY_REFERENCE: Tag = Tag(0x0009, 0x100D);
    pub(crate) const SIEMENS: &str = "SIEMENS MED PT";
    pub(crate) const SIEMENS_DECAY_REFERENCE: Tag = Tag(0x0071, 0x1022);
    pub(crate) const PHILIPS: &str = "Philips PET Private Group";
    pub(crate) const PHILIPS_SUV_FACTOR: Tag = Tag(0x7053, 0x1000);
    pub(crate) const PHILIPS_ACTIVITY_FACTOR: Tag = Tag(0x7053, 0x1009);
}

/// One slice of a PET series: an object, and the number of the frame in it (from 0).
#[derive(Debug, Clone, Copy)]
pub struct PetSlice<'a> {
    /// The object's attributes.
    pub attributes: Attributes<'a>,
    /// Number of the frame in that object; 0 in a single-frame object.
    pub frame: u32,
}

/// Gathers the SUV facts of a PET series from the headers of `slices`, which are in the order of
/// the volume they make.
///
/// A fact of the series on which the instances differ is [`Fact::Unusable`] and lists what they
/// say.
pub fn pet_facts(slices: &[PetSlice<'_>], voxel_volume_ml: Option<f64>) -> PetFacts {
    let frames: Vec<PetFrame<'_>> = slices
        .iter()
        .map(|slice| PetFrame::new(slice.attributes, slice.frame))
        .collect();
    let Some(first) = frames.first().copied() else {
        return PetFacts::default();
    };
    // The frames of one object share what stands above its functional groups.
    let mut objects = frames.clone();
    objects.dedup_by(|a, b| std::ptr::eq(a.object(), b.object()));
    let all = Objects(&objects);
    PetFacts {
        sop_class: first.sop_class(),
        manufacturer: first.text(tags::MANUFACTURER),
        series_type: first.texts(tags::SERIES_TYPE),
        corrected_image: first.corrections(),
        photometric_interpretation: first.text(tags::PHOTOMETRIC_INTERPRETATION),
        bits: first.bits(),
        units: all.agree(PetFrame::units),
        suv_type: all.agree(PetFrame::suv_type),
        decay_correction: all.agree(PetFrame::decay_correction),
        patient_weight: all.agree(|f| f.number(tags::PATIENT_WEIGHT)),
        patient_size: all.agree(|f| f.number(tags::PATIENT_SIZE)),
        patient_sex: all.agree(|f| f.term(tags::PATIENT_SEX)),
        series_start: all.agree(|f| f.stamp(tags::SERIES_DATE, tags::SERIES_TIME)),
        ge_decay_reference: all
            .agree(|f| f.private_stamp(&["GE"], private::GE, private::GE_DECAY_REFERENCE)),
        siemens_decay_reference: all.agree(|f| {
            let makers = ["SIEMENS", "CPS", "CTI"];
            f.private_stamp(&makers, private::SIEMENS, private::SIEMENS_DECAY_REFERENCE)
        }),
        decay_correction_datetime: all.agree(|f| f.date_time(tags::DECAY_CORRECTION_DATE_TIME)),
        dose_calibration_factor: all.agree(|f| f.number(tags::DOSE_CALIBRATION_FACTOR)),
        voxel_volume_ml,
        radiopharmaceuticals: radiopharmaceuticals(&all),
        frames: frames.iter().map(frame_facts).collect(),
    }
}

fn frame_facts(frame: &PetFrame<'_>) -> FrameFacts {
    let milliseconds = |fact: Fact<f64>| fact.map(|ms| ms / 1000.0);
    let philips = |tag| frame.private_number(&["PHILIPS"], private::PHILIPS, tag);
    FrameFacts {
        acquisition: frame.acquisition(),
        frame_reference_time_s: milliseconds(frame.number(tags::FRAME_REFERENCE_TIME)),
        frame_duration_s: milliseconds(frame.duration_ms()),
        rescale_slope: frame.rescale(tags::RESCALE_SLOPE),
        rescale_intercept: frame.rescale(tags::RESCALE_INTERCEPT),
        philips_suv_factor: philips(private::PHILIPS_SUV_FACTOR),
        philips_activity_factor: philips(private::PHILIPS_ACTIVITY_FACTOR),
    }
}

/// The items of the Radiopharmaceutical Information Sequence, each fact agreed on by all objects.
fn radiopharmaceuticals(all: &Objects<'_, '_>) -> Vec<RadiopharmaceuticalFacts> {
    let first = all.0.first();
    let count = first.map_or(0, |f| substances(*f).len());
    (0..count)
        .map(|n| {
            let one = first.and_then(|f| item(*f, n));
            let number = |tag| all.agree(|f| item(f, n).map_or(Fact::Missing, |i| number(i, tag)));
            RadiopharmaceuticalFacts {
                name: one.and_then(|i| i.text(tags::RADIOPHARMACEUTICAL)),
                code: one.and_then(|i| code(i, tags::RADIOPHARMACEUTICAL_CODE_SEQUENCE)),
                radionuclide: one.and_then(|i| code(i, tags::RADIONUCLIDE_CODE_SEQUENCE)),
                start_datetime: all.agree(|f| {
                    item(f, n).map_or(Fact::Missing, |i| {
                        let tag = tags::RADIOPHARMACEUTICAL_START_DATE_TIME;
                        fact(i, tag, i.date_time(tag)).map(|v| f.zoned(v))
                    })
                }),
                start_time: all.agree(|f| {
                    item(f, n).map_or(Fact::Missing, |i| {
                        time(i, tags::RADIOPHARMACEUTICAL_START_TIME)
                    })
                }),
                total_dose: number(tags::RADIONUCLIDE_TOTAL_DOSE),
                half_life_s: number(tags::RADIONUCLIDE_HALF_LIFE),
            }
        })
        .collect()
}

fn substances(frame: PetFrame<'_>) -> Vec<Attributes<'_>> {
    frame.items(tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE)
}

fn item(frame: PetFrame<'_>, n: usize) -> Option<Attributes<'_>> {
    substances(frame).get(n).copied()
}

/// The objects of a series, each as the view on its first frame.
struct Objects<'a, 'h>(&'a [PetFrame<'h>]);

impl<'h> Objects<'_, 'h> {
    /// The fact that all objects state alike; otherwise all that they state.
    fn agree<T: PartialEq + Display>(&self, read: impl Fn(PetFrame<'h>) -> Fact<T>) -> Fact<T> {
        let mut stated: Vec<(Fact<T>, usize)> = Vec::new();
        for object in self.0 {
            let fact = read(*object);
            match stated.iter_mut().find(|(known, _)| *known == fact) {
                Some((_, count)) => *count += 1,
                None => stated.push((fact, 1)),
            }
        }
        if stated.len() > 1 {
            let words = stated
                .iter()
                .map(|(fact, count)| format!("{} in {count} instances", plain(fact)));
            return Fact::Unusable(words.collect::<Vec<_>>().join(", "));
        }
        stated.pop().map_or(Fact::Missing, |(fact, _)| fact)
    }
}

fn plain<T: Display>(fact: &Fact<T>) -> String {
    match fact {
        Fact::Known(value) => value.to_string(),
        Fact::Unusable(text) => text.clone(),
        Fact::Missing | Fact::Empty => "no value".to_owned(),
    }
}

/// A reading of `tag` as a fact.
pub(crate) fn fact<T>(
    attributes: Attributes<'_>,
    tag: Tag,
    reading: Result<Option<T>, AttributeError>,
) -> Fact<T> {
    match reading {
        Ok(Some(value)) => Fact::Known(value),
        Ok(None) if attributes.is_present(tag) => Fact::Empty,
        Ok(None) => Fact::Missing,
        Err(error) => Fact::Unusable(error.found.unwrap_or_default()),
    }
}

pub(crate) fn number(attributes: Attributes<'_>, tag: Tag) -> Fact<f64> {
    fact(attributes, tag, attributes.number(tag))
}

fn time(attributes: Attributes<'_>, tag: Tag) -> Fact<NaiveTime> {
    fact(attributes, tag, attributes.time(tag))
}

fn code(item: Attributes<'_>, sequence: Tag) -> Option<Code> {
    let code = item.item(sequence)?;
    let text = |tag| code.text(tag).unwrap_or_default();
    Some(Code {
        value: text(tags::CODE_VALUE),
        scheme: text(tags::CODING_SCHEME_DESIGNATOR),
        meaning: text(tags::CODE_MEANING),
    })
}

/// A date-time with the zone it states, or else that of the whole object.
pub(crate) fn stamp(value: DateTimeValue, object_offset_s: Option<i32>) -> Stamp {
    let own = value.utc_offset.map(|offset| offset.local_minus_utc());
    Stamp {
        local: value.local,
        utc_offset_s: own.or(object_offset_s),
    }
}

/// What a PET object says about its class.
pub(crate) fn sop_class(attributes: Attributes<'_>) -> PetSopClass {
    let uid = attributes.text(tags::SOP_CLASS_UID).unwrap_or_default();
    PetSopClass::from_uid(&uid)
}

#[cfg(test)]
mod tests;
