//! The page that tells how well alignment works.

use crate::{Outcome, Stranger};

pub fn check(outcomes: &[Outcome], strangers: &[Stranger]) {
    for o in outcomes {
        if let Ok((r, mm, deg)) = &o.result {
            println!("{} {} {mm:.2} {deg:.2} {:?}", o.seed, o.patient, r.quality);
        }
    }
    for (what, result) in strangers {
        match result {
            Ok(r) => println!("ALIGNED {what} {:?}", r.quality),
            Err(e) => println!("refused {what} {e} {:?}", e.quality),
        }
    }
}
