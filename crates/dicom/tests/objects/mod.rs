//! Small DICOM objects made for tests: a stack of 4 x 5 pixel slices, 3 mm apart.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "every test file uses a part of these helpers, which may fail the test"
)]

use std::path::{Path, PathBuf};

use dicom_core::value::{DataSetSequence, PixelFragmentSequence};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR, dicom_value};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use isoboost_dicom::{Discovery, Series, Study, discover};

pub(crate) const ROWS: u16 = 4;
pub(crate) const COLUMNS: u16 = 5;
pub(crate) const PIXELS: usize = 20;
pub(crate) const SPACING_MM: f64 = 3.0;

pub(crate) const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";

/// An object on its way into a file.
#[derive(Clone)]
pub(crate) struct Object(pub(crate) InMemDicomObject);

impl Object {
    /// Slice `k` of a CT: signed 16 bits, intercept -1024, stored value 1000 k + pixel number.
    pub(crate) fn ct(k: u16) -> Self {
        slice(uids::CT_IMAGE_STORAGE, "CT", k)
            .text(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\AXIAL")
            .text(tags::RESCALE_SLOPE, VR::DS, "1")
            .text(tags::RESCALE_INTERCEPT, VR::DS, "-1024")
    }

    /// Slice `k` of a PET: slope (k + 1) / 2, stored value 1000 k + pixel number.
    pub(crate) fn pet(k: u16) -> Self {
        let slope = format!("{}", f64::from(k + 1) / 2.0);
        slice(uids::POSITRON_EMISSION_TOMOGRAPHY_IMAGE_STORAGE, "PT", k)
            .text(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY")
            .text(tags::SERIES_TYPE, VR::CS, "WHOLE BODY\\IMAGE")
            .text(tags::CORRECTED_IMAGE, VR::CS, "DECY\\ATTN\\SCAT")
            .text(tags::UNITS, VR::CS, "BQML")
            .text(tags::RESCALE_SLOPE, VR::DS, &slope)
            .text(tags::RESCALE_INTERCEPT, VR::DS, "0")
    }

    /// An object of some other class, in the study and series of the slices.
    pub(crate) fn other(sop_class: &str, modality: &str, number: u16) -> Self {
        Self(InMemDicomObject::new_empty()).identified(sop_class, modality, number)
    }

    fn identified(self, sop_class: &str, modality: &str, number: u16) -> Self {
        let uid = format!("2.25.1000.{}.{number}", sop_class.len() + modality.len());
        self.text(tags::SOP_CLASS_UID, VR::UI, sop_class)
            .text(tags::SOP_INSTANCE_UID, VR::UI, &uid)
            .text(tags::STUDY_INSTANCE_UID, VR::UI, "2.25.1")
            .text(
                tags::SERIES_INSTANCE_UID,
                VR::UI,
                &format!("2.25.1.{}", modality.len() + usize::from(modality == "CT")),
            )
            .text(tags::MODALITY, VR::CS, modality)
            .text(tags::STUDY_DATE, VR::DA, "20260131")
            .text(tags::PATIENT_ID, VR::LO, "P1")
            .text(tags::PATIENT_NAME, VR::PN, "Test^Case")
            .text(tags::SERIES_NUMBER, VR::IS, "2")
            .text(tags::FRAME_OF_REFERENCE_UID, VR::UI, "2.25.7")
    }

    pub(crate) fn text(mut self, tag: Tag, vr: VR, value: &str) -> Self {
        self.0
            .put(DataElement::new(tag, vr, PrimitiveValue::from(value)));
        self
    }

    pub(crate) fn short(mut self, tag: Tag, value: u16) -> Self {
        self.0
            .put(DataElement::new(tag, VR::US, dicom_value!(U16, [value])));
        self
    }

    pub(crate) fn without(mut self, tag: Tag) -> Self {
        self.0.remove_element(tag);
        self
    }

    pub(crate) fn sequence(mut self, tag: Tag, items: Vec<InMemDicomObject>) -> Self {
        self.0
            .put(DataElement::new(tag, VR::SQ, DataSetSequence::from(items)));
        self
    }

    /// In another series, by a number that ends its UID.
    pub(crate) fn series(self, number: u16) -> Self {
        self.text(
            tags::SERIES_INSTANCE_UID,
            VR::UI,
            &format!("2.25.1.9{number}"),
        )
        .text(tags::SERIES_NUMBER, VR::IS, &number.to_string())
        .own_uid(number)
    }

    /// With a SOP Instance UID of its own.
    pub(crate) fn own_uid(self, number: u16) -> Self {
        let uid = self.0.element(tags::SOP_INSTANCE_UID).unwrap();
        let uid = format!("{}.{number}", uid.to_str().unwrap());
        self.text(tags::SOP_INSTANCE_UID, VR::UI, &uid)
    }

    pub(crate) fn position(self, position: [f64; 3]) -> Self {
        let [x, y, z] = position;
        self.text(
            tags::IMAGE_POSITION_PATIENT,
            VR::DS,
            &format!("{x}\\{y}\\{z}"),
        )
    }

    pub(crate) fn orientation(self, cosines: &str) -> Self {
        self.text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, cosines)
    }

    /// Words of 16 bits, in the byte order of the file.
    pub(crate) fn words(mut self, words: &[u16]) -> Self {
        let value = PrimitiveValue::U16(words.iter().copied().collect());
        self.0
            .put(DataElement::new(tags::PIXEL_DATA, VR::OW, value));
        self
    }

    /// Bytes as they are.
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        let value = PrimitiveValue::from(bytes.to_vec());
        self.0
            .put(DataElement::new(tags::PIXEL_DATA, VR::OB, value));
        self
    }

    /// Compressed frames, each one fragment.
    pub(crate) fn fragments(mut self, frames: &[Vec<u8>]) -> Self {
        let fragments = PixelFragmentSequence::new_fragments(frames.to_vec());
        self.0
            .put(DataElement::new(tags::PIXEL_DATA, VR::OB, fragments));
        self
    }

    pub(crate) fn bits(self, allocated: u16, stored: u16, signed: bool) -> Self {
        self.short(tags::BITS_ALLOCATED, allocated)
            .short(tags::BITS_STORED, stored)
            .short(tags::HIGH_BIT, stored - 1)
            .short(tags::PIXEL_REPRESENTATION, u16::from(signed))
    }

    /// The whole file in a transfer syntax.
    pub(crate) fn encoded(&self, transfer_syntax: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let meta = FileMetaTableBuilder::new().transfer_syntax(transfer_syntax);
        let file = self.0.clone().with_meta(meta).unwrap();
        file.write_all(&mut bytes).unwrap();
        bytes
    }

    /// Writes the file in Explicit VR Little Endian.
    pub(crate) fn write(&self, path: impl AsRef<Path>) {
        self.write_as(uids::EXPLICIT_VR_LITTLE_ENDIAN, path);
    }

    pub(crate) fn write_as(&self, transfer_syntax: &str, path: impl AsRef<Path>) {
        write(path, &self.encoded(transfer_syntax));
    }
}

fn slice(sop_class: &str, modality: &str, k: u16) -> Object {
    let words: Vec<u16> = (0..20).map(|pixel| 1000 * k + pixel).collect();
    Object(InMemDicomObject::new_empty())
        .identified(sop_class, modality, k)
        .short(tags::SAMPLES_PER_PIXEL, 1)
        .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2")
        .short(tags::ROWS, ROWS)
        .short(tags::COLUMNS, COLUMNS)
        .bits(16, 16, true)
        .text(tags::PIXEL_SPACING, VR::DS, "2\\1.5")
        .text(tags::SLICE_THICKNESS, VR::DS, "3")
        .orientation("1\\0\\0\\0\\1\\0")
        .position([-10.0, -20.0, SPACING_MM * f64::from(k)])
        .words(&words)
}

/// Writes a file and the folders above it.
pub(crate) fn write(path: impl AsRef<Path>, bytes: &[u8]) {
    let path = path.as_ref();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// The stored value of pixel `pixel` on slice `k`.
pub(crate) fn stored(k: u16, pixel: u16) -> f32 {
    f32::from(1000 * k + pixel)
}

/// Whatever is found under a folder.
pub(crate) fn found(folder: &Path) -> Discovery {
    discover(&[PathBuf::from(folder)], &|_| {}).unwrap()
}

/// The only study under a folder.
#[track_caller]
pub(crate) fn study(folder: &Path) -> Study {
    let mut found = found(folder);
    assert_eq!(found.problems, []);
    assert_eq!(found.studies.len(), 1);
    found.studies.remove(0)
}

/// The only series of the only study under a folder.
#[track_caller]
pub(crate) fn series(folder: &Path) -> Series {
    let mut study = study(folder);
    assert_eq!(study.series.len(), 1, "{:#?}", study.series);
    study.series.remove(0)
}
