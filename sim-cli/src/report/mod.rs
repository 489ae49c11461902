//! A finished run as one document: findings in sentences, figures, tables, assumptions, provenance and limits.
//!
//! [`Material`] is all that is read from the run directory; [`findings`] makes sentences of it; [`html`] and [`typst`] lay it out.

pub mod findings;
pub mod html;
pub mod material;
pub mod typst;

pub use material::Material;

/// What a reader must know before quoting a number, whatever the run.
pub const LIMITS: [&str; 5] = [
    "Numbers are the model's, not forecasts of a firm's sales. Which assumptions decide them is listed with each value; a result that moves \
     with one of them is no stronger than it.",
    "Operators carry all sites of their region. Read results by region or bloc, not by operator.",
    "Contracts, prices and suppliers of named operators are drawn from public words where there are any, and by a written rule where there \
     are none. No assumed contract is a fact about a firm.",
    "With fixed parameters a band shows luck alone: the spread over replicates of one set of assumptions, not the uncertainty of the \
     assumptions.",
    "Lock-in is measured at posted prices as the excess of leaving over staying. Better quality, lower cost and taste are no part of it.",
];
