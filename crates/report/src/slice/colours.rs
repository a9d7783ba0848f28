//! From uptake to colour.

use colorgrad::Gradient;
use serde::{Deserialize, Serialize};

/// Steps of a scale; a screen shows 256 of each colour.
const STEPS: usize = 1024;
/// Below this share of the window fused uptake fades out; above it has the whole opacity.
const FADES_BELOW: f32 = 0.25;

/// A scale of colours for uptake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColourMap {
    /// Black, red, yellow, white: red rises over the first third, green over the second, blue over
    /// the last.
    Hot,
    /// White to black, as PET alone is read.
    InverseGrey,
    /// Black to white.
    Grey,
    /// Black, violet, orange, yellow in steps that look equal, also to the colour-blind and in
    /// print: Inferno of Smith and van der Walt (matplotlib 2.0).
    Inferno,
    /// Violet, green, yellow in steps that look equal: Viridis of the same authors.
    Viridis,
}

impl ColourMap {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Hot,
        Self::InverseGrey,
        Self::Grey,
        Self::Inferno,
        Self::Viridis,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hot => "hot",
            Self::InverseGrey => "inverse_grey",
            Self::Grey => "grey",
            Self::Inferno => "inferno",
            Self::Viridis => "viridis",
        }
    }

    /// The scale of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|map| map.name() == name)
    }

    /// The colour at a share of the window, 0 to 1.
    pub fn colour(self, share: f32) -> [u8; 3] {
        let share = share.clamp(0.0, 1.0);
        let byte = |v: f32| (255.0 * v.clamp(0.0, 1.0)).round() as u8;
        match self {
            Self::Hot => [0.0, 1.0, 2.0].map(|third| byte(3.0 * share - third)),
            Self::InverseGrey => [byte(1.0 - share); 3],
            Self::Grey => [byte(share); 3],
            Self::Inferno => of_gradient(&colorgrad::preset::inferno(), share),
            Self::Viridis => of_gradient(&colorgrad::preset::viridis(), share),
        }
    }
}

fn of_gradient(gradient: &impl Gradient, share: f32) -> [u8; 3] {
    let [red, green, blue, _] = gradient.at(share).to_rgba8();
    [red, green, blue]
}

/// A scale worked out for every step: what is laid over the picture below, and how much of that is
/// left.
pub(super) struct ColourTable {
    steps: Vec<Step>,
}

/// A colour times its opacity, and what the opacity leaves of the picture below.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) laid_over: [f32; 3],
    pub(super) left: f32,
}

impl ColourTable {
    /// Colours that cover what is below.
    pub(super) fn opaque(map: ColourMap) -> Self {
        Self::with(map, |_| 1.0)
    }

    /// Colours whose opacity follows the uptake: none at the lower end of the window, `opacity` from
    /// a quarter of it, so that the CT is not veiled where there is nothing.
    pub(super) fn fused(map: ColourMap, opacity: f32) -> Self {
        let opacity = opacity.clamp(0.0, 1.0);
        Self::with(map, |share| opacity * (share / FADES_BELOW).min(1.0))
    }

    fn with(map: ColourMap, opacity: impl Fn(f32) -> f32) -> Self {
        let step = |n: usize| {
            let share = n as f32 / (STEPS - 1) as f32;
            let opacity = opacity(share);
            Step {
                laid_over: map.colour(share).map(|c| f32::from(c) * opacity),
                left: 1.0 - opacity,
            }
        };
        Self {
            steps: (0..STEPS).map(step).collect(),
        }
    }

    /// The colour at a share of the window, 0 to 1.
    pub(super) fn at(&self, share: f32) -> Step {
        // What is not a number becomes the first step by the cast.
        let n = (share * (STEPS - 1) as f32 + 0.5) as usize;
        self.steps[n.min(STEPS - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_begin_and_end_with_their_colours() {
        let ends = |map: ColourMap| [map.colour(0.0), map.colour(1.0)];
        assert_eq!(ends(ColourMap::Hot), [[0; 3], [255; 3]]);
        assert_eq!(ColourMap::Hot.colour(1.0 / 3.0), [255, 0, 0]);
        assert_eq!(ColourMap::Hot.colour(2.0 / 3.0), [255, 255, 0]);
        assert_eq!(ends(ColourMap::InverseGrey), [[255; 3], [0; 3]]);
        assert_eq!(ends(ColourMap::Grey), [[0; 3], [255; 3]]);
        // The first and last rows of the authors' tables, within the rounding of a curve through them.
        let near = |a: [u8; 3], b: [u8; 3]| a.into_iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 3);
        let [low, high] = ends(ColourMap::Inferno);
        assert!(
            near(low, [0, 0, 4]) && near(high, [252, 255, 164]),
            "{low:?} {high:?}"
        );
        let [low, high] = ends(ColourMap::Viridis);
        assert!(
            near(low, [68, 1, 84]) && near(high, [253, 231, 37]),
            "{low:?} {high:?}"
        );
    }

    #[test]
    fn brightness_grows_along_the_scales() {
        for map in [ColourMap::Hot, ColourMap::Inferno, ColourMap::Viridis] {
            let bright = |n: u16| {
                let [r, g, b] = map.colour(f32::from(n) / 64.0).map(f64::from);
                0.2126 * r + 0.7152 * g + 0.0722 * b
            };
            for n in 0..64 {
                assert!(bright(n + 1) > bright(n), "{map:?} at {n}");
            }
        }
    }

    #[test]
    fn fused_uptake_is_clear_at_nothing_and_as_opaque_as_asked_above() {
        let table = ColourTable::fused(ColourMap::Hot, 0.6);
        assert_eq!(table.at(0.0).left, 1.0);
        assert!((table.at(0.125).left - 0.7).abs() < 1e-3);
        assert!((table.at(0.5).left - 0.4).abs() < 1e-6);
        assert!((table.at(1.0).laid_over[2] - 153.0).abs() < 1e-3);
        assert_eq!(table.at(f32::NAN).left, 1.0);
        assert_eq!(ColourTable::opaque(ColourMap::Hot).at(0.0).left, 0.0);
    }

    #[test]
    fn names_come_back() {
        for map in ColourMap::ALL {
            assert_eq!(ColourMap::from_name(map.name()), Some(map));
            let json = serde_json::to_string(&map).unwrap();
            assert_eq!(json, format!("\"{}\"", map.name()));
        }
        assert_eq!(ColourMap::from_name("rainbow"), None);
    }
}
