//! Tables of names and what they mean.

use super::*;
use OrganKind as K;
use Side::{Left, Right};

#[track_caller]
fn check(kind: OrganKind, names: &[&str]) {
    for name in names {
        assert_eq!(OrganKind::from_name(name), Some(kind), "{name}");
    }
}

#[test]
fn names_of_totalsegmentator_and_tg_263() {
    check(K::UrinaryBladder, &["urinary_bladder", "Bladder"]);
    check(K::Kidney(Left), &["kidney_left", "Kidney_L"]);
    check(K::Kidney(Right), &["kidney_right", "Kidney_R"]);
    check(K::IliacVein(Left), &["iliac_vena_left", "V_Iliac_L"]);
    check(K::IliacArtery(Right), &["A_Iliac_Cmn_R"]);
    check(K::ExternalIliacVessels(Right), &["A_Iliac_Ext_R"]);
    check(K::FemoralHead(Left), &["Femur_Head_L", "FemoralHead_L"]);
    check(K::Vertebra(Vertebra::L5), &["vertebrae_L5", "VB_L5", "L5"]);
    check(K::Rib(Left, 11), &["rib_left_11", "Rib11_L", "Rib_11_L"]);
    check(K::Rib(Right, 1), &["rib_right_1", "Rib01_R"]);
    check(
        K::Lung(Right),
        &["lung_upper_lobe_right", "lung_middle_lobe_right"],
    );
    check(
        K::Submandibular(Left),
        &["Glnd_Submand_L", "submandibular_gland_left"],
    );
    check(K::Parotid(Right), &["parotid_gland_right", "Parotid_R"]);
    check(K::Bowel, &["Bag_Bowel", "Spc_Bowel", "BowelBag"]);
    check(K::SeminalVesicles, &["seminal_vesicles", "SeminalVes"]);
    check(K::PenileBulb, &["PenileBulb", "penile_bulb"]);
    check(K::InferiorVenaCava, &["V_Venacava_I", "IVC"]);
    check(K::Heart, &["heart_atrium_left", "heart_myocardium"]);
    check(K::Prostate, &["prostate", "Prostate"]);
}

#[test]
fn german_french_spanish_and_italian_names() {
    check(
        K::UrinaryBladder,
        &[
            "Harnblase",
            "Blase",
            "BLASE",
            "Vessie",
            "Vejiga",
            "vescica",
            "OAR Blase",
        ],
    );
    check(K::Rectum, &["Rektum", "Enddarm", "Recto", "RECTUM"]);
    check(
        K::Kidney(Left),
        &[
            "Niere li",
            "Niere_links",
            "linke Niere",
            "NiereLi",
            "Rein gauche",
            "rein_G",
            "Riñón izq",
            "rinon izquierdo",
            "Rene sx",
        ],
    );
    check(
        K::Kidney(Right),
        &[
            "Niere re.",
            "Niere rechts",
            "rein droit",
            "Rein D",
            "Riñón derecho",
        ],
    );
    check(
        K::SeminalVesicles,
        &["Samenblasen", "Vésicules séminales", "Vesículas seminales"],
    );
    check(
        K::SmallBowel,
        &[
            "Dünndarm",
            "Duenndarm",
            "Intestin grêle",
            "Intestino delgado",
        ],
    );
    check(K::Liver, &["Leber", "Foie", "Hígado", "fegato"]);
    check(K::Heart, &["Herz", "Cœur", "Corazón"]);
    check(
        K::FemoralHead(Right),
        &[
            "Hüftkopf re",
            "Femurkopf_rechts",
            "Tête fémorale droite",
            "Cabeza femoral dcha",
            "FemHead RT",
        ],
    );
    check(
        K::ProstateBed,
        &["Prostataloge", "Loge prostatique", "Lecho prostático"],
    );
    check(K::Vertebra(Vertebra::L5), &["LWK5", "LWK 5"]);
    check(
        K::Vertebra(Vertebra {
            region: 'T',
            number: 12,
        }),
        &["BWK 12", "Vertebra T12"],
    );
    check(K::Rib(Right, 7), &["Rippe 7 re"]);
}

#[test]
fn sides_are_read_before_after_and_together_with_the_organ() {
    check(
        K::Kidney(Left),
        &[
            "Left Kidney",
            "L Kidney",
            "Lt. Kidney",
            "KidneyLeft",
            "LKidney",
            "KIDNEYL",
            "kidney lt",
        ],
    );
    check(
        K::Femur(Right),
        &["femur_r", "RT FEMUR", "RFEMUR", "femurR"],
    );
}

#[test]
fn targets_margins_and_helpers_are_no_organs() {
    for name in [
        "PTV_70",
        "PTV Bladder",
        "PTVbladder",
        "Bladder-PTV",
        "Bladder - CTV",
        "CTV Prostate",
        "CTVProstate",
        "GTVp",
        "GTV_Kidney_L",
        "ITV liver",
        "PRV Rectum",
        "Rectum_PRV05",
        "Bladder PRV",
        "avoid bladder",
        "AvoidanceRectum",
        "Ring_Bladder",
        "Rectum ring",
        "opt Bladder",
        "optRectum",
        "Bladder_Opt",
        "zBladder",
        "z_Rectum",
        "Bladder+5mm",
        "Bladder_Wall",
        "Rectum post",
        "Kidney_Cortex_L",
        "Lymph node left kidney",
        "Prostate dose",
        "External",
        "Body",
        "",
    ] {
        assert_eq!(OrganKind::from_name(name), None, "{name}");
    }
}

#[test]
fn an_organ_of_two_sides_needs_one_side() {
    for name in [
        "kidney",
        "Kidneys",
        "Nieren",
        "Kidney L R",
        "left kidney right",
        "Femoral heads",
        "rib_left_13",
        "L7",
        "Rib_3",
    ] {
        assert_eq!(OrganKind::from_name(name), None, "{name}");
    }
}

#[test]
fn no_name_is_in_the_tables_twice() {
    let all = |table: Vec<&'static str>| -> Vec<&'static str> {
        table.iter().flat_map(|n| n.split_whitespace()).collect()
    };
    let paired_names = all(PAIRED.iter().map(|row| row.1).collect());
    let unpaired_names = all(UNPAIRED.iter().map(|row| row.1).collect());
    for names in [&paired_names, &unpaired_names] {
        let mut sorted = names.clone();
        sorted.sort_unstable();
        let count = sorted.len();
        sorted.dedup();
        assert_eq!(sorted.len(), count, "a name stands twice");
    }
    // A side written together with one organ must not read as another organ.
    for name in &paired_names {
        for (letters, side) in GLUED {
            for together in [format!("{letters}{name}"), format!("{name}{letters}")] {
                assert_eq!(unpaired(&together), None, "{together}");
                assert_eq!(glued(&together), paired(name, *side), "{together}");
            }
        }
    }
    for name in paired_names.iter().chain(&unpaired_names) {
        assert!(side_of(name).is_none(), "{name} is a side");
        let folded: Vec<String> = words_of(name);
        assert_eq!(folded.concat(), *name, "written with capitals or accents");
    }
}
