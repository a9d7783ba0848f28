//! Whom an outline meets that was not grown.

use crate::find::Uptake;
use crate::focus::Contact;
use crate::ground::Ground;
use crate::watershed::neighbours;

impl Uptake<'_> {
    /// Where voxels meet the ground of others above a level, on the ground of a new map; `number` is
    /// their own territory. In the order of the others' numbers.
    pub(super) fn contacts_of(
        &self,
        voxels: &[[usize; 3]],
        number: u32,
        level: f64,
        ground: &Ground,
    ) -> Vec<Contact> {
        let shape = self.suv.grid().shape();
        let mut contacts: Vec<Contact> = Vec::new();
        for voxel in voxels {
            for next in neighbours(*voxel, shape) {
                let other = ground.of(next);
                if other == 0 || other == number || f64::from(self.suv[next]) < level {
                    continue;
                }
                let saddle_suv = f64::from(self.suv[*voxel].min(self.suv[next]));
                let place = contacts.partition_point(|c| c.territory < other);
                match contacts.get_mut(place) {
                    Some(known) if known.territory == other => {
                        known.saddle_suv = known.saddle_suv.max(saddle_suv);
                    }
                    _ => contacts.insert(
                        place,
                        Contact {
                            territory: other,
                            saddle_suv,
                        },
                    ),
                }
            }
        }
        contacts
    }
}
