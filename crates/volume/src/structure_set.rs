//! Named regions with planar contours, as a planning system keeps them; no DICOM here.

use nalgebra::Point3;

/// A set of regions of interest drawn on the slices of one image grid.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StructureSet {
    /// Short name of the set, at most 16 characters when it is to be written as DICOM.
    pub label: String,
    /// The regions, each with its own number.
    pub rois: Vec<Roi>,
}

/// One region of interest.
#[derive(Debug, Clone, PartialEq)]
pub struct Roi {
    /// Number of the region, unique in its set, from 1.
    pub number: u32,
    /// Name after TG-263 where one exists, at most 16 characters for old planning systems.
    pub name: String,
    /// What the region is, in a sentence.
    pub description: String,
    /// What the region is for.
    pub interpreted_type: RoiType,
    /// Display colour: red, green, blue.
    pub colour: [u8; 3],
    /// Whether a person had a hand in its outline: ROI Generation Algorithm other than AUTOMATIC.
    pub by_hand: bool,
    /// Closed contours; a hole is joined to its outer ring by a channel (keyhole).
    pub contours: Vec<Contour>,
}

/// A closed planar polygon; the last point joins the first, which is not repeated.
#[derive(Debug, Clone, PartialEq)]
pub struct Contour {
    /// Slice index `k` of the image grid that the polygon lies on; `None` where a read polygon
    /// lies on no known slice.
    pub slice: Option<usize>,
    /// LPS vertices in mm, all in one plane, at least three.
    pub points: Vec<Point3<f64>>,
}

/// What a region is for: the RT ROI Interpreted Type values in use here (PS3.3 C.8.8.8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoiType {
    /// Gross tumour volume.
    Gtv,
    /// Clinical target volume.
    Ctv,
    /// Planning target volume.
    Ptv,
    /// An organ.
    Organ,
    /// A region to be spared.
    Avoidance,
    /// A region that helps planning or review and gets no dose of its own.
    Control,
    /// Any other type, or none.
    Other,
}
