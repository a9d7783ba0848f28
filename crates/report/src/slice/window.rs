//! The range of values that a picture spreads over its colours.

/// A range of values: at and below `low` the first colour, at and above `high` the last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    low: f32,
    high: f32,
}

/// A range that has no width, or ends that are not numbers.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a window runs from a lower to a higher finite value, found {low} to {high}")]
pub struct WindowError {
    /// The lower end asked for.
    pub low: f32,
    /// The upper end asked for.
    pub high: f32,
}

impl Window {
    /// Soft tissue on CT, HU: width 400, level 40.
    pub const SOFT_TISSUE: Self = Self {
        low: -160.0,
        high: 240.0,
    };
    /// Bone on CT, HU: width 1800, level 400.
    pub const BONE: Self = Self {
        low: -500.0,
        high: 1300.0,
    };
    /// Lung on CT, HU: width 1500, level −600.
    pub const LUNG: Self = Self {
        low: -1350.0,
        high: 150.0,
    };
    /// PET, SUVbw 0 to 10.
    pub const SUV_0_10: Self = Self {
        low: 0.0,
        high: 10.0,
    };
    /// PET, SUVbw 0 to 20.
    pub const SUV_0_20: Self = Self {
        low: 0.0,
        high: 20.0,
    };

    /// A window from `low` to `high`, HU or SUVbw.
    ///
    /// # Errors
    /// When an end is not a finite number or `high` does not lie above `low`.
    pub fn new(low: f32, high: f32) -> Result<Self, WindowError> {
        // The width too must be a number that can be divided by.
        let width = high - low;
        if low.is_finite() && high.is_finite() && width.is_normal() && width > 0.0 {
            Ok(Self { low, high })
        } else {
            Err(WindowError { low, high })
        }
    }

    /// The lower end.
    pub fn low(self) -> f32 {
        self.low
    }

    /// The upper end.
    pub fn high(self) -> f32 {
        self.high
    }

    /// Where a value lies in the window, 0 at the lower end to 1 at the upper; what is not a number
    /// stays so.
    pub fn share(self, value: f32) -> f32 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_beyond_the_ends_take_the_ends() {
        let window = Window::new(-100.0, 300.0).unwrap();
        assert_eq!(
            [-1000.0, -100.0, 100.0, 300.0, 3000.0].map(|v| window.share(v)),
            [0.0, 0.0, 0.5, 1.0, 1.0]
        );
        assert!(window.share(f32::NAN).is_nan());
    }

    #[test]
    fn a_window_without_width_or_end_is_refused() {
        for (low, high) in [
            (5.0, 5.0),
            (5.0, 4.0),
            (f32::NAN, 1.0),
            (0.0, f32::INFINITY),
            (f32::MIN, f32::MAX),
        ] {
            let error = Window::new(low, high).unwrap_err();
            assert!(error.to_string().contains(&high.to_string()));
        }
    }
}
