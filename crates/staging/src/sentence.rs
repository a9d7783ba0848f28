//! The study in the words of a reader.

use crate::mitnm::BonePattern;
use crate::region::Region;
use crate::staged::{Lesion, Staging};

/// More lesions of a kind than this are counted, not named.
const NAMED: usize = 4;

impl Staging {
    /// What was found, in a few sentences: the bed, the pelvic nodes, what lies beyond, and the
    /// label.
    pub fn sentence(&self) -> String {
        let of = |wanted: &dyn Fn(&Lesion) -> bool| -> Vec<&Lesion> {
            self.lesions.iter().filter(|l| wanted(l)).collect()
        };
        let distant = |category: &'static str| {
            of(&|l: &Lesion| l.region == Region::Distant && l.mi_tnm == category)
        };
        let kinds = [
            (
                of(&|l| l.region == Region::ProstateBed),
                "local recurrence",
                "local recurrences",
            ),
            (
                of(&|l| l.region == Region::PelvicNode),
                "pelvic node",
                "pelvic nodes",
            ),
            (
                distant("miM1a"),
                "node outside of the pelvis",
                "nodes outside of the pelvis",
            ),
            (distant("miM1b"), "bone metastasis", "bone metastases"),
            (
                distant("miM1c"),
                "lesion of another organ",
                "lesions of other organs",
            ),
            (
                of(&|l| l.region == Region::Undetermined),
                "focus of undetermined place",
                "foci of undetermined place",
            ),
        ];
        let told = kinds.iter().filter(|(lesions, ..)| !lesions.is_empty());
        let mut parts: Vec<String> = told
            .map(|(lesions, one, many)| listed(lesions, one, many))
            .collect();
        if parts.is_empty() {
            parts.push("no PSMA-avid lesion".to_owned());
        }
        let pattern = match self.mi_tnm.bone_pattern {
            Some(BonePattern::Oligometastatic) => ", bones oligometastatic",
            Some(BonePattern::Disseminated) => ", bones disseminated",
            _ => "",
        };
        let text = parts.join("; ");
        let mut letters = text.chars();
        let first = letters.next().map_or(' ', |c| c.to_ascii_uppercase());
        format!(
            "{first}{}. {}{pattern}.",
            letters.as_str(),
            self.mi_tnm.label
        )
    }
}

fn listed(lesions: &[&Lesion], one: &str, many: &str) -> String {
    let count = lesions.len();
    let named = lesions.iter().take(NAMED).map(|lesion| {
        format!(
            "{} (SUVmax {:.1})",
            lesion.site, lesion.focus.measures.suv_max
        )
    });
    let mut named: Vec<String> = named.collect();
    if count > NAMED {
        named.push(format!("{} more", count - NAMED));
    }
    let head = if count == 1 {
        one.to_owned()
    } else {
        format!("{count} {many}")
    };
    format!("{head}: {}", named.join(", "))
}
