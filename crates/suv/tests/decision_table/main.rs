//! Every row of the decision table in `docs/suv.md`, as header facts and what must follow.

mod case;
mod correction;
mod gates;
mod half_life;
mod injection;
mod properties;
mod published;
mod reference;
mod units;
