//! Colours as DICOM recommends them for display: `CIELab` in the D50 white of the ICC's profile
//! connection space, each number scaled to 16 bits (PS3.3 C.10.7.1.1).

/// XYZ in D50 of the linear primaries of sRGB: IEC 61966-2-1, adapted from D65 after Bradford as in
/// the sRGB profiles of the ICC.
const XYZ_FROM_RGB: [[f64; 3]; 3] = [
    [0.436_074_7, 0.385_064_9, 0.143_080_4],
    [0.222_504_5, 0.716_878_6, 0.060_616_9],
    [0.013_932_2, 0.097_104_5, 0.714_173_3],
];
/// XYZ of D50.
const WHITE: [f64; 3] = [0.964_22, 1.0, 0.825_21];
/// (6/29)³, below which lightness is linear, and the slope there.
const LINEAR_BELOW: f64 = 216.0 / 24_389.0;
const LINEAR_SLOPE: f64 = 841.0 / 108.0;

/// The three numbers of Recommended Display `CIELab` Value for an sRGB colour of 8 bits.
pub(crate) fn recommended_display(colour: [u8; 3]) -> [u16; 3] {
    let linear = colour.map(|value| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    });
    let relative = [0, 1, 2].map(|row| {
        let sum: f64 = (0..3).map(|n| XYZ_FROM_RGB[row][n] * linear[n]).sum();
        let ratio = sum / WHITE[row];
        if ratio > LINEAR_BELOW {
            ratio.cbrt()
        } else {
            ratio * LINEAR_SLOPE + 4.0 / 29.0
        }
    });
    let [x, y, z] = relative;
    let (lightness, a, b) = (116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z));
    [
        to_16_bits(lightness, 0.0, 100.0),
        to_16_bits(a, -128.0, 127.0),
        to_16_bits(b, -128.0, 127.0),
    ]
}

fn to_16_bits(value: f64, low: f64, high: f64) -> u16 {
    let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of 65535 fits"
    )]
    let scaled = (share * 65_535.0).round() as u16;
    scaled
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The D50 values of the primaries as published (L*, a*, b*), scaled by hand.
    #[test]
    fn primaries_are_where_colour_tables_have_them() {
        for (colour, lab) in [
            ([255, 255, 255], [100.0, 0.0, 0.0]),
            ([0, 0, 0], [0.0, 0.0, 0.0]),
            ([255, 0, 0], [54.29, 80.81, 69.89]),
            ([0, 255, 0], [87.82, -79.29, 80.99]),
            ([0, 0, 255], [29.57, 68.30, -112.03]),
            ([128, 128, 128], [53.59, 0.0, 0.0]),
        ] {
            let [l, a, b] = recommended_display(colour).map(f64::from);
            let found = [l / 655.35, a / 257.0 - 128.0, b / 257.0 - 128.0];
            for (found, lab) in found.iter().zip(lab) {
                assert!((found - lab).abs() < 0.02, "{colour:?}: {found} for {lab}");
            }
        }
    }
}
