//! Names of organs: those of `TotalSegmentator`, of TG-263 (AAPM Report 263, 2018) and those in
//! common use in English, German, French, Spanish and Italian.
//!
//! A name is taken apart into words, sides are set aside, and what is left must be in a table as
//! a whole. So `PTV Bladder` or `Bladder-PTV` is never the bladder.

use super::{OrganKind, Side, Vertebra};

type Paired = fn(Side) -> OrganKind;

/// Names of organs on both sides, in small letters without accents, separators and side.
const PAIRED: &[(Paired, &str)] = &[
    (
        OrganKind::Ureter,
        "ureter harnleiter uretere uretre uretero",
    ),
    (
        OrganKind::Kidney,
        "kidney kidneystructure ren niere rein rinon rene",
    ),
    (
        OrganKind::Adrenal,
        "adrenalgland adrenal glndadrenal nebenniere surrenale glandesurrenale suprarrenal \
         glandulasuprarrenal surrene",
    ),
    (
        OrganKind::Parotid,
        "parotid parotidgland glndparotid parotis ohrspeicheldruse ohrspeicheldruese parotide \
         glandeparotide parotida glandulaparotida",
    ),
    (
        OrganKind::Submandibular,
        "submandibular submandibulargland glndsubmand submandibularis submand \
         unterkieferspeicheldruse unterkieferspeicheldruese glandesubmandibulaire \
         submandibulaire sousmaxillaire submaxilar glandulasubmaxilar glandulasubmandibular",
    ),
    (
        OrganKind::Lacrimal,
        "lacrimal lacrimalgland glndlacrimal tranendruse traenendruese glandelacrymale \
         glandulalagrimal lagrimal",
    ),
    (
        OrganKind::Lung,
        "lung lungupperlobe lungmiddlelobe lunglowerlobe lunge lungenflugel poumon pulmon \
         polmone",
    ),
    (
        OrganKind::IliacArtery,
        "iliacartery ailiac ailiaccommon ailiaccmn commoniliacartery arteriailiaca \
         arteriailiacacommunis artereiliaque artereiliaquecommune",
    ),
    (
        OrganKind::IliacVein,
        "iliacvena iliacvein viliac viliaccommon viliaccmn commoniliacvein venailiaca \
         venailiacacommunis veineiliaque",
    ),
    (
        OrganKind::ExternalIliacVessels,
        "ailiacext viliacext externaliliacvessels externaliliacartery externaliliacvein arteriailiacaexterna \
         venailiacaexterna",
    ),
    (
        OrganKind::InternalIliacVessels,
        "ailiacint viliacint internaliliacvessels internaliliacartery internaliliacvein arteriailiacainterna \
         venailiacainterna",
    ),
    (
        OrganKind::Hip,
        "hip hipbone bonehip boneilium huftbein hueftbein",
    ),
    (OrganKind::Femur, "femur femore fmur"),
    (
        OrganKind::FemoralHead,
        "femurhead femoralhead femhead headfemur femurheadneck huftkopf hueftkopf femurkopf \
         oberschenkelkopf tetefemorale tetefemur tetedufemur cabezafemoral cabezafemur \
         cabezadefemur testafemorale caputfemoris",
    ),
    (OrganKind::Humerus, "humerus humero omero"),
    (
        OrganKind::Scapula,
        "scapula schulterblatt omoplate escapula scapola",
    ),
    (
        OrganKind::Clavicle,
        "clavicle clavicula schlusselbein schluesselbein clavicule clavicola",
    ),
    (|_| OrganKind::SeminalVesicles, "seminalvesicle samenblase"),
    (
        |_| OrganKind::Muscle,
        "gluteusmaximus gluteusmedius gluteusminimus autochthon iliopsoas",
    ),
];

/// Names of single organs, written as above; the first of a row is the organ's plain one.
const UNPAIRED: &[(OrganKind, &str)] = &[
    (
        OrganKind::UrinaryBladder,
        "urinarybladder bladder bladderurinary harnblase blase vessie vejiga vejigaurinaria \
         vescica vescicaurinaria vesicaurinaria",
    ),
    (OrganKind::Urethra, "urethra harnrohre harnroehre uretra"),
    (
        OrganKind::PenileBulb,
        "penilebulb bulbpenile bulbofpenis bulbuspenis penisbulbus bulbepenien bulbedupenis \
         bulbopeneano bulbodelpene bulbopenieno",
    ),
    (OrganKind::Prostate, "prostate prostata"),
    (
        OrganKind::ProstateBed,
        "prostatebed bedprostate prostaticbed prostatafossa prostaticfossa prostataloge \
         prostatabett logeprostatique litprostatique lechoprostatico loggiaprostatica",
    ),
    (
        OrganKind::SeminalVesicles,
        "seminalvesicles seminalvesicle seminalves samenblasen samenblase samenblaschen \
         samenblaeschen vesiculesseminales vesiculeseminale vesiculasseminales vesiculaseminal \
         vescichetteseminali vescicoleseminali",
    ),
    (
        OrganKind::Rectum,
        "rectum anorectum rektum enddarm mastdarm recto retto",
    ),
    (
        OrganKind::Colon,
        "colon sigmoid colonsigmoid sigmoidcolon sigma sigmoide bowellarge largebowel \
         largeintestine kolon dickdarm grosintestin intestinogrueso",
    ),
    (
        OrganKind::SmallBowel,
        "smallbowel bowelsmall smallintestine dunndarm duenndarm grele intestingrele \
         intestinodelgado",
    ),
    (
        OrganKind::Duodenum,
        "duodenum zwolffingerdarm zwoelffingerdarm duodeno",
    ),
    (
        OrganKind::Bowel,
        "bowel bowelbag bagbowel spcbowel bowelspace intestine intestines darm darmschlingen \
         intestin intestins sacintestinal intestino intestinos bolsaintestinal intestini",
    ),
    (OrganKind::Stomach, "stomach magen estomac estomago stomaco"),
    (OrganKind::Liver, "liver leber foie higado fegato hepar"),
    (
        OrganKind::Gallbladder,
        "gallbladder gallenblase vesiculebiliaire vesiculabiliar cistifellea colecisti",
    ),
    (OrganKind::Spleen, "spleen milz rate bazo milza lien"),
    (
        OrganKind::Pancreas,
        "pancreas pankreas bauchspeicheldruse bauchspeicheldruese",
    ),
    (
        OrganKind::Thyroid,
        "thyroid thyroidgland glndthyroid schilddruse schilddruese thyroide tiroides tiroide",
    ),
    (
        OrganKind::Oesophagus,
        "oesophagus esophagus osophagus speiserohre speiseroehre oesophage esofago",
    ),
    (
        OrganKind::Trachea,
        "trachea luftrohre luftroehre trachee traquea",
    ),
    (
        OrganKind::Heart,
        "heart heartmyocardium heartatrium heartventricle herz coeur corazon cuore",
    ),
    (
        OrganKind::Brain,
        "brain gehirn hirn cerveau encephale cerebro encefalo cervello",
    ),
    (OrganKind::Aorta, "aorta aaorta aorte"),
    (
        OrganKind::InferiorVenaCava,
        "inferiorvenacava vvenacavai venacavainferior veinecaveinferieure vci ivc",
    ),
    (
        OrganKind::Sacrum,
        "sacrum bonesacrum sakrum kreuzbein ossacrum sacro",
    ),
    (OrganKind::Sternum, "sternum brustbein esternon sterno"),
    (OrganKind::Skull, "skull schadel schaedel crane craneo"),
    (OrganKind::Muscle, "muscle skeletalmuscle"),
];

const LEFT: &[&str] = &[
    "l",
    "lt",
    "left",
    "li",
    "links",
    "linke",
    "linker",
    "linkes",
    "g",
    "gche",
    "gauche",
    "izq",
    "izqda",
    "izda",
    "izquierdo",
    "izquierda",
    "sx",
    "sin",
    "sinistra",
    "sinistro",
    "sinister",
];

const RIGHT: &[&str] = &[
    "r", "rt", "right", "re", "rechts", "rechte", "rechter", "rechtes", "d", "dt", "dte", "droit",
    "droite", "der", "dcho", "dcha", "derecho", "derecha", "dx", "dex", "dext", "dexter", "dextra",
    "destra", "destro",
];

/// Sides that are written together with the organ, as in `NiereLI` or `LKidney`.
const GLUED: &[(&str, Side)] = &[
    ("left", Side::Left),
    ("right", Side::Right),
    ("lt", Side::Left),
    ("rt", Side::Right),
    ("li", Side::Left),
    ("re", Side::Right),
    ("l", Side::Left),
    ("r", Side::Right),
];

/// Words that say who drew a structure or why, and nothing about what it is.
const QUALIFIERS: &[&str] = &["auto", "ai", "dl", "oar", "organ"];

/// Beginnings of words that mark a target, a margin or a helper of planning.
const TARGET_WORDS: &[&str] = &["ptv", "ctv", "gtv", "itv", "prv", "avoid"];

/// Words that mark a helper of planning.
const HELPER_WORDS: &[&str] = &["ring", "opt", "optim", "crop", "dose", "z"];

const VERTEBRA_WORDS: &[&str] = &[
    "vertebra",
    "vertebrae",
    "vertebre",
    "vb",
    "wirbel",
    "wirbelkorper",
];

/// How German numbers vertebrae, as in `LWK5`.
const GERMAN_VERTEBRAE: &[(&str, &str)] = &[("lwk", "l"), ("bwk", "t"), ("hwk", "c"), ("swk", "s")];

/// The organ of a name.
pub(super) fn from_name(name: &str) -> Option<OrganKind> {
    let mut words = words_of(name);
    let is_helper = words.iter().any(|word| {
        HELPER_WORDS.contains(&word.as_str()) || TARGET_WORDS.iter().any(|t| word.starts_with(t))
    });
    if is_helper {
        return None;
    }
    words.retain(|word| !QUALIFIERS.contains(&word.as_str()));
    let (sides, words): (Vec<String>, Vec<String>) =
        words.into_iter().partition(|word| side_of(word).is_some());
    let mut sides = sides.iter().filter_map(|word| side_of(word));
    let side = sides.next();
    if sides.any(|other| Some(other) != side) {
        return None;
    }
    let plain = words.concat();
    if let Some(side) = side {
        rib(&plain, side)
            .or_else(|| paired(&plain, side))
            .or_else(|| unpaired(&plain))
    } else {
        vertebra(&words)
            .or_else(|| unpaired(&plain))
            .or_else(|| glued(&plain))
    }
}

/// The first name of a single organ.
pub(super) fn plain_name(kind: OrganKind) -> &'static str {
    let row = UNPAIRED.iter().find(|(other, _)| *other == kind);
    row.and_then(|(_, names)| names.split_whitespace().next())
        .unwrap_or("organ")
}

fn side_of(word: &str) -> Option<Side> {
    if LEFT.contains(&word) {
        Some(Side::Left)
    } else if RIGHT.contains(&word) {
        Some(Side::Right)
    } else {
        None
    }
}

fn is_among(names: &str, plain: &str) -> bool {
    names.split_whitespace().any(|name| name == plain)
}

fn unpaired(plain: &str) -> Option<OrganKind> {
    let row = UNPAIRED.iter().find(|(_, names)| is_among(names, plain))?;
    Some(row.0)
}

fn paired(plain: &str, side: Side) -> Option<OrganKind> {
    let row = PAIRED.iter().find(|(_, names)| is_among(names, plain))?;
    Some(row.0(side))
}

fn glued(plain: &str) -> Option<OrganKind> {
    GLUED.iter().find_map(|(letters, side)| {
        let after = plain.strip_prefix(letters);
        let before = plain.strip_suffix(letters);
        after
            .and_then(|rest| paired(rest, *side))
            .or_else(|| before.and_then(|rest| paired(rest, *side)))
    })
}

fn rib(plain: &str, side: Side) -> Option<OrganKind> {
    let number = ["ribs", "rib", "rippe", "cote", "costilla"]
        .iter()
        .find_map(|word| plain.strip_prefix(word))?
        .parse()
        .ok()?;
    (1..=12)
        .contains(&number)
        .then_some(OrganKind::Rib(side, number))
}

fn vertebra(words: &[String]) -> Option<OrganKind> {
    let label: String = words
        .iter()
        .map(String::as_str)
        .filter(|word| !VERTEBRA_WORDS.contains(word))
        .collect();
    let german = GERMAN_VERTEBRAE
        .iter()
        .find_map(|(word, letter)| Some((*letter).to_owned() + label.strip_prefix(word)?));
    Vertebra::from_label(&german.unwrap_or(label)).map(OrganKind::Vertebra)
}

/// The words of a name in small letters without accents; a capital after a small letter begins a
/// new one.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for letter in name.chars() {
        let starts = letter.is_uppercase() && after_small;
        after_small = letter.is_lowercase();
        if starts || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            letter
                .to_lowercase()
                .for_each(|small| push_plain(word, small));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Adds a small letter without its accent.
fn push_plain(word: &mut String, letter: char) {
    let plain = match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'œ' => "oe",
        'ß' => "ss",
        other => return word.push(other),
    };
    word.push_str(plain);
}

#[cfg(test)]
mod tests;
