//! What each focus is: physiological uptake, or a lesion of the prostate bed, a pelvic node or a
//! distant site.

mod staged;

pub use staged::{Excluded, ExclusionReason, Lesion, Region, Staging, StagingTotals};
