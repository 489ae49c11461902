//! How often it pays to keep on: the optimal stopping of kit that ages, without luck.

/// More periods than any kit is kept; at nil growth of upkeep keeping may pay for ever.
const MOST_PERIODS: u32 = 2_000;
/// What is discounted below this is left out.
const LEAST_FACTOR: f64 = 1e-12;

/// Value of a re-tender: of buying what is worth `best`, now or after as many periods of keeping on as pay.
///
/// A period of keeping on brings `running` beside the postponed choice, `fall` less in each later period (kit ages), and
/// the choice is discounted by `discount` in (0, 1) a period:
/// ```text
/// B*_n = max(best, running - n fall + discount B*_(n+1))
/// ```
/// Since what a period brings falls, it is best to go on until the first period that does not pay (the one-step
/// look-ahead rule of monotone stopping problems; Chow, Robbins and Siegmund 1971). Money in any one unit.
#[must_use]
pub fn retender_value(best: f64, running: f64, fall: f64, discount: f64) -> f64 {
    let mut gathered = 0.0;
    let mut factor = 1.0;
    let mut now = running;
    for _ in 0..MOST_PERIODS {
        // One period more, then buy, against buying now.
        if now + discount * best <= best || factor < LEAST_FACTOR {
            break;
        }
        gathered += factor * now;
        factor *= discount;
        now -= fall;
    }
    gathered + factor * best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bellman's equation by brute force, backwards from a far period in which the kit must go.
    fn brute_force(best: f64, running: f64, fall: f64, discount: f64) -> f64 {
        (0..2_000u32).rev().fold(best, |next, n| {
            best.max(running - f64::from(n) * fall + discount * next)
        })
    }

    #[test]
    fn the_rule_is_the_dynamic_programme() {
        for best in [-3.0, 0.0, 2.0, 10.0] {
            for running in [-2.0, 0.1, 0.5, 1.5, 4.0] {
                for fall in [0.01, 0.2, 1.0] {
                    for discount in [0.6, 0.9, 0.97] {
                        let found = retender_value(best, running, fall, discount);
                        let expected = brute_force(best, running, fall, discount);
                        assert!(
                            (found - expected).abs() < 1e-9,
                            "{best} {running} {fall} {discount}: {found} is not {expected}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn by_hand() {
        // Two periods pay: 1 + .9 (.5) + .81 x 2 = 3.07; a third brings 0 + .9 x 2 < 2.
        assert!((retender_value(2.0, 1.0, 0.5, 0.9) - 3.07).abs() < 1e-12);
        assert_eq!(
            retender_value(2.0, 0.1, 0.0, 0.9),
            2.0,
            "a period that loses is not taken"
        );
        // Ageless kit that pays is kept for ever: 1 / (1 - .9).
        assert!((retender_value(2.0, 1.0, 0.0, 0.9) - 10.0).abs() < 1e-9);
    }
}
