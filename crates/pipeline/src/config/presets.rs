//! Named sets of thresholds.

use isoboost_lesion::{
    Delineation, FindingRule, LesionConfig, LocalContrast, PercentOfHighest, Qpsma, ReferenceRule,
    TissueSuv,
};

use super::Config;

/// Named sets of thresholds and what each is. The first is the default; `docs/finding.md` compares
/// what they find.
pub const PRESETS: [(&str, &str); 9] = [
    (
        "suv3",
        "find at SUV 3.0, delineate at 41 % of the maximum (the default; SUV 3 as in DEEP-PSMA)",
    ),
    (
        "suv4-fixed",
        "find and delineate at SUV 4.0 (Mittlmeier 2021, 10.3389/fonc.2021.663631)",
    ),
    (
        "percent-of-max",
        "find at 41 % of the highest uptake outside organs, at least SUV 3 (customary for FDG; \
         weak for PSMA)",
    ),
    (
        "qpsma",
        "find and delineate bone at SUV 3, soft tissue at 4.30 x (1 + liver noise) (Gafita 2019, \
         10.2967/jnumed.118.224055)",
    ),
    (
        "tridfusion",
        "as qpsma with 4.44 in place of 4.30, at least SUV 3 (TriDFusion's PSMA segmentation)",
    ),
    (
        "tissue",
        "find and delineate soft tissue at SUV 4, bone at 3, liver at 10 (TriDFusion's fixed values)",
    ),
    (
        "liver-percist",
        "find at 1.5 x liver + 2 SD, else 2 x blood pool + 2 SD (Wahl 2009, \
         10.2967/jnumed.108.057307)",
    ),
    (
        "blood-pool",
        "find at blood pool + 4 SD, at least SUV 2 (PROMISE score 1, Eiber 2018, \
         10.2967/jnumed.117.198119)",
    ),
    (
        "local-contrast",
        "find at SUV 3.0, and from SUV 1.5 what stands out against blood and its surroundings \
         (scale-space blobs, Lindeberg 1998, 10.1023/A:1008045108935)",
    ),
];

/// The configuration of a preset.
pub(super) fn preset(name: &str) -> Option<Config> {
    let finding = match name {
        "suv3" => FindingRule::FixedSuv(3.0),
        "suv4-fixed" => {
            return Some(Config {
                lesion: LesionConfig::fixed(4.0),
                ..Config::default()
            });
        }
        "percent-of-max" => FindingRule::PercentOfMax(PercentOfHighest::default()),
        "qpsma" => FindingRule::Qpsma(Qpsma::default()),
        "tridfusion" => FindingRule::Qpsma(Qpsma {
            soft_suv: 4.44,
            ..Qpsma::default()
        }),
        "tissue" => FindingRule::Tissue(TissueSuv::default()),
        "liver-percist" => FindingRule::Reference(ReferenceRule::percist()),
        "blood-pool" => FindingRule::Reference(ReferenceRule::above_blood_pool()),
        "local-contrast" => FindingRule::LocalContrast(LocalContrast::with_fixed_suv(3.0)),
        _ => return None,
    };
    // The volumes of those publications are all that lies above their thresholds.
    let delineation = match name {
        "qpsma" | "tridfusion" | "tissue" => Delineation::FindingThreshold {},
        _ => LesionConfig::default().delineation,
    };
    let lesion = LesionConfig {
        finding,
        delineation,
        ..LesionConfig::default()
    };
    Some(Config {
        lesion,
        ..Config::default()
    })
}

#[cfg(test)]
mod tests {
    use isoboost_lesion::{ReferenceRegion, Substitute};

    use super::*;

    fn finding(name: &str) -> FindingRule {
        preset(name).unwrap().lesion.finding
    }

    #[test]
    fn every_preset_is_usable_and_survives_its_toml() {
        for (name, what) in PRESETS {
            let config = preset(name).unwrap();
            config.validate().unwrap();
            let text = config.to_toml().unwrap();
            assert_eq!(toml::from_str::<Config>(&text).unwrap(), config, "{name}");
            assert!(!what.is_empty() && !what.contains('\n'), "{name}");
        }
        assert_eq!(preset("suv3"), Some(Config::default()));
        assert_eq!(preset("suv9"), None);
    }

    #[test]
    fn presets_have_their_published_numbers() {
        assert_eq!(finding("suv4-fixed"), FindingRule::FixedSuv(4.0));
        let FindingRule::Qpsma(gafita) = finding("qpsma") else {
            panic!()
        };
        assert_eq!((gafita.soft_suv, gafita.bone_suv), (4.30, 3.0));
        let FindingRule::Qpsma(tridfusion) = finding("tridfusion") else {
            panic!()
        };
        assert_eq!((tridfusion.soft_suv, tridfusion.floor_suv), (4.44, 3.0));
        assert_eq!(tridfusion.bone_suv, 3.0);
        let FindingRule::Tissue(tissue) = finding("tissue") else {
            panic!()
        };
        let suvs = (tissue.soft_suv, tissue.bone_suv, tissue.liver_suv);
        assert_eq!(suvs, (4.0, 3.0, 10.0));
        let FindingRule::Reference(percist) = finding("liver-percist") else {
            panic!()
        };
        assert_eq!((percist.mean_factor, percist.sd_factor), (1.5, 2.0));
        let aorta = Substitute {
            region: ReferenceRegion::BloodPool,
            mean_factor: 2.0,
            sd_factor: 2.0,
        };
        assert_eq!(percist.substitute, Some(aorta));
        let FindingRule::Reference(blood) = finding("blood-pool") else {
            panic!()
        };
        assert_eq!(blood.region, ReferenceRegion::BloodPool);
        let FindingRule::PercentOfMax(percent) = finding("percent-of-max") else {
            panic!()
        };
        assert_eq!((percent.percent, percent.floor_suv), (41.0, 3.0));
        let FindingRule::LocalContrast(local) = finding("local-contrast") else {
            panic!()
        };
        assert_eq!(local.with_suv, Some(3.0));
    }
}
