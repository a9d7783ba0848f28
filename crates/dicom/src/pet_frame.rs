//! One frame of a PET object, whatever kind of object it is in.
//!
//! Classic objects hold one slice and all its attributes side by side. Enhanced objects hold many
//! frames, and keep in functional groups, under other names, what may differ between them.
//! Legacy Converted Enhanced objects hold many frames and keep the classic attributes aside.

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use isoboost_suv::{Fact, PetSopClass, Stamp};

use crate::attributes::Attributes;
use crate::pet_facts::{fact, number, sop_class, stamp};
use crate::text_values::DateTimeValue;

/// Slopes of a real-world mapping and of the pixel values that agree to this fraction are one:
/// the former is binary, the latter a decimal string.
const SAME_SLOPE: f64 = 1e-6;

/// The attributes of one frame, from its own functional groups, the shared ones and the object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PetFrame<'a> {
    object: Attributes<'a>,
    own: Option<Attributes<'a>>,
    shared: Option<Attributes<'a>>,
    is_enhanced: bool,
}

impl<'a> PetFrame<'a> {
    pub(crate) fn new(object: Attributes<'a>, frame: u32) -> Self {
        let is_multi_frame = matches!(
            sop_class(object),
            PetSopClass::EnhancedPet | PetSopClass::LegacyConvertedEnhancedPet
        );
        let mut frames = object.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
        Self {
            object,
            own: frames.nth(frame as usize).filter(|_| is_multi_frame),
            shared: object
                .item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE)
                .filter(|_| is_multi_frame),
            is_enhanced: sop_class(object) == PetSopClass::EnhancedPet,
        }
    }

    pub(crate) fn object(&self) -> &'a InMemDicomObject {
        self.object.object()
    }

    pub(crate) fn sop_class(&self) -> PetSopClass {
        sop_class(self.object)
    }

    /// Where a classic attribute stands: in the object, or where a conversion has put it.
    fn place(&self, tag: Tag) -> Attributes<'a> {
        let own = || {
            self.own?
                .item(tags::UNASSIGNED_PER_FRAME_CONVERTED_ATTRIBUTES_SEQUENCE)
        };
        let shared = || {
            self.shared?
                .item(tags::UNASSIGNED_SHARED_CONVERTED_ATTRIBUTES_SEQUENCE)
        };
        if self.object.is_present(tag) {
            return self.object;
        }
        [own(), shared()]
            .into_iter()
            .flatten()
            .find(|place| place.is_present(tag))
            .unwrap_or(self.object)
    }

    /// The item of a functional group, the frame's own before the shared one.
    fn group(&self, sequence: Tag) -> Option<Attributes<'a>> {
        let own = self.own.and_then(|groups| groups.item(sequence));
        own.or_else(|| self.shared?.item(sequence))
    }

    pub(crate) fn text(&self, tag: Tag) -> Option<String> {
        self.place(tag).text(tag)
    }

    pub(crate) fn texts(&self, tag: Tag) -> Vec<String> {
        self.place(tag).texts(tag)
    }

    pub(crate) fn items(&self, sequence: Tag) -> Vec<Attributes<'a>> {
        self.place(sequence).items(sequence).collect()
    }

    pub(crate) fn number(&self, tag: Tag) -> Fact<f64> {
        number(self.place(tag), tag)
    }

    /// A single coded term; several values are no term.
    pub(crate) fn term(&self, tag: Tag) -> Fact<String> {
        let place = self.place(tag);
        fact(place, tag, Ok(place.text(tag)))
    }

    pub(crate) fn date_time(&self, tag: Tag) -> Fact<Stamp> {
        let place = self.place(tag);
        fact(place, tag, place.date_time(tag)).map(|value| self.zoned(value))
    }

    /// A date attribute and a time attribute as one moment.
    pub(crate) fn stamp(&self, date_tag: Tag, time_tag: Tag) -> Fact<Stamp> {
        let place = self.place(time_tag);
        let time = fact(place, time_tag, place.time(time_tag));
        let place = self.place(date_tag);
        let date = fact(place, date_tag, place.date(date_tag));
        match (date, time) {
            (Fact::Known(date), Fact::Known(time)) => Fact::Known(self.zoned(DateTimeValue {
                local: date.and_time(time),
                utc_offset: None,
            })),
            (Fact::Unusable(text), _) | (_, Fact::Unusable(text)) => Fact::Unusable(text),
            (Fact::Known(date), _) => Fact::Unusable(format!("{date} without a time")),
            (_, Fact::Known(time)) => Fact::Unusable(format!("{time} without a date")),
            (Fact::Empty, _) | (_, Fact::Empty) => Fact::Empty,
            (Fact::Missing, Fact::Missing) => Fact::Missing,
        }
    }

    /// A private date and time of a maker's scanners.
    pub(crate) fn private_stamp(&self, makers: &[&str], creator: &str, tag: Tag) -> Fact<Stamp> {
        if !self.is_made_by(makers) {
            return Fact::Missing;
        }
        let place = self.place(tag);
        match place.private_date_time(creator, tag) {
            Ok(Some(value)) => Fact::Known(self.zoned(value)),
            Ok(None) => Fact::Missing,
            Err(error) => Fact::Unusable(error.found.unwrap_or_default()),
        }
    }

    /// A private number of a maker's scanners.
    pub(crate) fn private_number(&self, makers: &[&str], creator: &str, tag: Tag) -> Fact<f64> {
        if !self.is_made_by(makers) {
            return Fact::Missing;
        }
        match self.place(tag).private_number(creator, tag) {
            Ok(Some(value)) => Fact::Known(value),
            Ok(None) => Fact::Missing,
            Err(error) => Fact::Unusable(error.found.unwrap_or_default()),
        }
    }

    /// Whether one of `makers` made the scanner: without its creator a private element means
    /// something only then.
    fn is_made_by(&self, makers: &[&str]) -> bool {
        let maker = self.text(tags::MANUFACTURER).unwrap_or_default();
        let maker = maker.to_ascii_uppercase();
        makers.iter().any(|name| maker.contains(name))
    }

    /// A date-time as a stamp in the zone it states, or else in that of the object.
    pub(crate) fn zoned(&self, value: DateTimeValue) -> Stamp {
        let tag = tags::TIMEZONE_OFFSET_FROM_UTC;
        let offset = self.place(tag).utc_offset(tag).ok().flatten();
        stamp(value, offset.map(|o| o.local_minus_utc()))
    }

    pub(crate) fn bits(&self) -> Option<(u16, u16)> {
        let bits = |tag| {
            let bits = self.object.integer(tag).ok().flatten()?;
            u16::try_from(bits).ok()
        };
        Some((bits(tags::BITS_ALLOCATED)?, bits(tags::BITS_STORED)?))
    }

    /// The corrections made, in the words of Corrected Image.
    pub(crate) fn corrections(&self) -> Vec<String> {
        if !self.is_enhanced {
            return self.texts(tags::CORRECTED_IMAGE);
        }
        [
            (tags::ATTENUATION_CORRECTED, "ATTN"),
            (tags::DECAY_CORRECTED, "DECY"),
            (tags::SCATTER_CORRECTED, "SCAT"),
            (tags::RANDOMS_CORRECTED, "RAN"),
            (tags::DEAD_TIME_CORRECTED, "DTIM"),
        ]
        .into_iter()
        .filter(|(tag, _)| self.text(*tag).as_deref() == Some("YES"))
        .map(|(_, term)| term.to_owned())
        .collect()
    }

    /// Units, which an enhanced object states as the code of a real-world mapping.
    pub(crate) fn units(self) -> Fact<String> {
        if !self.is_enhanced {
            return self.term(tags::UNITS);
        }
        match self.mapped_unit() {
            Some(unit) => match unit.to_ascii_lowercase().as_str() {
                "bq/ml" => Fact::Known("BQML".to_owned()),
                "cm2/ml" | "cm2/ml{suvbsa}" => Fact::Known("CM2ML".to_owned()),
                "{counts}" => Fact::Known("CNTS".to_owned()),
                "{counts}/s" => Fact::Known("CPS".to_owned()),
                suv if suv.starts_with("g/ml") => Fact::Known("GML".to_owned()),
                _ => Fact::Unusable(unit),
            },
            None => Fact::Missing,
        }
    }

    /// SUV Type, which an enhanced object states within the unit.
    pub(crate) fn suv_type(self) -> Fact<String> {
        if !self.is_enhanced {
            return self.term(tags::SUV_TYPE);
        }
        let unit = self.mapped_unit().unwrap_or_default();
        let annotation = unit.split_once('{').map_or("", |(_, rest)| rest);
        let kind = match annotation.to_ascii_lowercase().as_str() {
            "suvbw}" => "BW",
            "suvlbm}" => "LBM",
            "suvlbm(james128)}" => "LBMJAMES128",
            "suvlbm(janma)}" => "LBMJANMA",
            "suvibw}" => "IBW",
            "suvbsa}" => "BSA",
            _ => return Fact::Missing,
        };
        Fact::Known(kind.to_owned())
    }

    /// The UCUM unit of the mapping that maps stored values as the pixel values are rescaled.
    fn mapped_unit(&self) -> Option<String> {
        let slope = self.rescale(tags::RESCALE_SLOPE).get()?;
        let own = self.own.into_iter();
        let groups = own.chain(self.shared).chain([self.object]);
        let mut mappings = groups.flat_map(|g| g.items(tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE));
        let same = mappings.find(|mapping| {
            let mapped = mapping.number(tags::REAL_WORLD_VALUE_SLOPE).ok().flatten();
            mapped.is_some_and(|mapped| (mapped / slope - 1.0).abs() <= SAME_SLOPE)
        })?;
        let unit = same.item(tags::MEASUREMENT_UNITS_CODE_SEQUENCE)?;
        unit.text(tags::CODE_VALUE)
    }

    /// Decay Correction; an enhanced object says whether, and to which moment beside it.
    pub(crate) fn decay_correction(self) -> Fact<String> {
        if !self.is_enhanced {
            return self.term(tags::DECAY_CORRECTION);
        }
        match self.term(tags::DECAY_CORRECTED) {
            Fact::Known(answer) if answer == "YES" => Fact::Known("START".to_owned()),
            Fact::Known(answer) if answer == "NO" => Fact::Known("NONE".to_owned()),
            other => other,
        }
    }

    /// When the frame began.
    pub(crate) fn acquisition(&self) -> Fact<Stamp> {
        let tag = tags::FRAME_ACQUISITION_DATE_TIME;
        if let Some(content) = self.group(tags::FRAME_CONTENT_SEQUENCE)
            && content.is_present(tag)
        {
            return fact(content, tag, content.date_time(tag)).map(|value| self.zoned(value));
        }
        match self.stamp(tags::ACQUISITION_DATE, tags::ACQUISITION_TIME) {
            Fact::Known(stamp) => Fact::Known(stamp),
            apart => match self.date_time(tags::ACQUISITION_DATE_TIME) {
                Fact::Missing => apart,
                whole => whole,
            },
        }
    }

    pub(crate) fn duration_ms(&self) -> Fact<f64> {
        let tag = tags::FRAME_ACQUISITION_DURATION;
        match self.group(tags::FRAME_CONTENT_SEQUENCE) {
            Some(content) if content.is_present(tag) => number(content, tag),
            _ => self.number(tags::ACTUAL_FRAME_DURATION),
        }
    }

    /// Rescale Slope or Intercept of the frame.
    pub(crate) fn rescale(&self, tag: Tag) -> Fact<f64> {
        match self.group(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE) {
            Some(transformation) => number(transformation, tag),
            None => number(self.object, tag),
        }
    }
}
