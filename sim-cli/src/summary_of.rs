//! Mean, quantiles and interval of a sample.

/// Statistics of the defined values of a sample; NaN where there are too few values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Number of defined values.
    pub n: u64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation of the sample.
    pub sd: f64,
    /// Quantiles of type 7.
    pub p05: f64,
    /// First quartile.
    pub p25: f64,
    /// Median.
    pub p50: f64,
    /// Third quartile.
    pub p75: f64,
    /// 95th centile.
    pub p95: f64,
    /// Lower end of the 95% interval of the mean.
    pub ci_low: f64,
    /// Upper end of the 95% interval of the mean.
    pub ci_high: f64,
}

impl Summary {
    /// Of a sample in which NaN stands for undefined.
    pub fn of(values: &[f64]) -> Self {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        let count = n as f64;
        let mean = if n == 0 {
            f64::NAN
        } else {
            sorted.iter().sum::<f64>() / count
        };
        let squares: f64 = sorted.iter().map(|v| (v - mean) * (v - mean)).sum();
        let sd = if n < 2 {
            f64::NAN
        } else {
            (squares / (count - 1.0)).sqrt()
        };
        let quantile = |p: f64| match n {
            0 => f64::NAN,
            _ => {
                let at = p * (count - 1.0);
                let low = at as usize;
                let high = (low + 1).min(n - 1);
                sorted[low] + (at - low as f64) * (sorted[high] - sorted[low])
            }
        };
        let half = 1.96 * sd / count.sqrt();
        Self {
            n: n as u64,
            mean,
            sd,
            p05: quantile(0.05),
            p25: quantile(0.25),
            p50: quantile(0.5),
            p75: quantile(0.75),
            p95: quantile(0.95),
            ci_low: mean - half,
            ci_high: mean + half,
        }
    }
}
