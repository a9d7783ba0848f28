//! The avid lesions that belong to an elective volume.

use isoboost_staging::{Lesion, Staging};
use isoboost_volume::Mask;
use nalgebra::Point3;

use super::canvas::Canvas;
use super::levels::nodes;
use crate::lesion_class::LesionClass;
use crate::policy::WholeVolume;
use crate::target::{Target, TargetKind};

/// A lesion with more than this share inside is held.
const HELD: f64 = 0.95;

/// A lesion with what is treated of it.
struct Part<'a> {
    lesion: &'a Lesion,
    /// Its CTV, or its GTV where it has none, on the reference grid; `None` outside of it.
    treated: Option<&'a Mask>,
}

/// The disease that is seen and belongs to a volume.
pub(super) struct Gross<'a>(Vec<Part<'a>>);

impl<'a> Gross<'a> {
    /// The nodes of pelvis and retroperitoneum, or the recurrences of the bed.
    pub(super) fn of(volume: WholeVolume, targets: &'a [Target], staging: &'a Staging) -> Self {
        let of_lesion = |id: u32, kind| {
            let mut all = targets.iter();
            all.find(|t| t.kind == kind && t.lesion_ids == [id])
        };
        let part = |lesion: &'a Lesion| {
            let ctv = of_lesion(lesion.id, TargetKind::Ctv);
            let target = ctv.or_else(|| of_lesion(lesion.id, TargetKind::Gtv));
            Part {
                lesion,
                treated: target.map(|target| &target.mask),
            }
        };
        Self(match volume {
            WholeVolume::Pelvis => nodes(staging).map(part).collect(),
            WholeVolume::ProstateBed => {
                let lesions = staging.lesions.iter();
                let of_bed = lesions.filter(|l| LesionClass::of(l) == LesionClass::Bed);
                of_bed.map(part).collect()
            }
        })
    }

    /// Corners of what is treated.
    pub(super) fn corners(&self) -> Vec<Point3<f64>> {
        let treated = self.0.iter().filter_map(|part| part.treated);
        treated.flat_map(|mask| mask.grid().corners()).collect()
    }

    /// Joins what is treated to a volume: the disease that is seen lies in the CTV, whatever the
    /// rule's borders. A sentence for each lesion that was not in it before.
    pub(super) fn join(&self, canvas: &Canvas<'_>, volume: &mut Mask) -> Vec<String> {
        let told = self.told(volume, |part| match part.treated {
            Some(_) => "was joined to it",
            None => "has no volume that could be joined to it",
        });
        for mask in self.0.iter().filter_map(|part| part.treated) {
            canvas.paint_cells(volume, mask);
        }
        told
    }

    /// A sentence for each lesion that does not lie as a whole in a volume that stays as it is.
    pub(super) fn outside(&self, volume: &Mask) -> Vec<String> {
        self.told(volume, |_| "lies in part or as a whole outside")
    }

    fn told(&self, volume: &Mask, then: impl Fn(&Part<'_>) -> &'static str) -> Vec<String> {
        let told = self.0.iter().filter_map(|part| {
            let lesion = part.lesion;
            let mask = &lesion.focus.mask;
            let places = mask.voxels().map(|v| mask.grid().center_of(v));
            let (inside, all) = places.fold((0.0, 0.0), |(inside, all), p| {
                (inside + f64::from(u8::from(volume.contains(p))), all + 1.0)
            });
            let share = inside / f64::max(all, 1.0);
            (share <= HELD).then(|| {
                format!(
                    "lesion {} ({}), {:.0} % of which lie within, {}",
                    lesion.id,
                    lesion.site,
                    100.0 * share,
                    then(part)
                )
            })
        });
        told.collect()
    }
}
