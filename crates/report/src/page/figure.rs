//! The pictures of a page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A picture with its words.
#[derive(Debug, Clone, PartialEq)]
pub struct PageFigure {
    /// The encoded picture.
    pub bytes: Vec<u8>,
    /// Its media type: `image/png` or `image/jpeg`.
    pub media_type: &'static str,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// What is to be seen, for those who do not see it.
    pub alternative: String,
    /// What stands below it.
    pub caption: String,
}

/// The picture of a lesion.
#[derive(Debug, Clone, PartialEq)]
pub struct LesionFigure {
    /// The lesion's number.
    pub lesion_id: u32,
    /// Three planes through its highest voxel.
    pub figure: PageFigure,
}

/// All pictures of a page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PagePictures {
    /// The projection of the PET with the foci numbered.
    pub overview: Option<PageFigure>,
    /// Pictures of lesions, by their numbers.
    pub lesions: Vec<LesionFigure>,
    /// Radiographs of the pelvic field.
    pub field: Vec<PageFigure>,
    /// Planning CT and CT of the PET side by side.
    pub alignment: Vec<PageFigure>,
}

/// A picture as the template takes it.
#[derive(Debug, serde::Serialize)]
pub(super) struct Embedded<'a> {
    /// The picture itself as a URI.
    uri: String,
    width: u32,
    height: u32,
    alternative: &'a str,
    caption: &'a str,
}

impl<'a> From<&'a PageFigure> for Embedded<'a> {
    fn from(figure: &'a PageFigure) -> Self {
        Self {
            uri: format!(
                "data:{};base64,{}",
                figure.media_type,
                STANDARD.encode(&figure.bytes)
            ),
            width: figure.size[0],
            height: figure.size[1],
            alternative: &figure.alternative,
            caption: &figure.caption,
        }
    }
}
