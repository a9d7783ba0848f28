//! What the CT shows of a lesion.

use crate::physiological::Context;
use crate::staged::Correlate;
use crate::tissue::nodule;
use crate::uptake::Uptake;
use crate::verdict::{Lesional, Metastasis};

/// A node from this thickness on is seen as one, mm: less is a vessel or fat beside one.
const NODE_MM: f64 = 6.0;
/// From this thickness on it is muscle or an organ that lies there, mm.
const MUSCLE_MM: f64 = 23.0;
/// Bone that differs from the other side by this is changed, HU.
const CHANGED_HU: f64 = 120.0;

pub(crate) fn correlate(uptake: &Uptake, place: &Lesional, context: &Context<'_>) -> Correlate {
    if context.scan.ct.is_none() {
        return Correlate::NotKnown;
    }
    if place.metastasis == Some(Metastasis::Bone) {
        return match crate::physiological::bone_change(uptake, context) {
            None => Correlate::NotKnown,
            Some(hu) if hu >= CHANGED_HU => Correlate::Seen(format!(
                "sclerotic on the CT: {hu:.0} HU denser than the other side"
            )),
            Some(hu) if hu <= -CHANGED_HU => Correlate::Seen(format!(
                "lytic on the CT: {:.0} HU less dense than the other side",
                -hu
            )),
            Some(_) => Correlate::Unseen,
        };
    }
    let found = nodule(context.scan.ct, uptake.center);
    let thickness = found.map(|nodule| 2.0 * nodule.radius_mm);
    match thickness.filter(|mm| (NODE_MM..MUSCLE_MM).contains(mm)) {
        Some(mm) => Correlate::Seen(format!("soft tissue {mm:.0} mm thick on the CT")),
        None => Correlate::Unseen,
    }
}
