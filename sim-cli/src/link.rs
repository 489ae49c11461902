//! The model that the binary runs on.
//!
//! The command line knows the model only through [`Model`]; this is the one place that names it.

use std::path::Path;

use crate::engine::Ensemble;
use crate::exit::{Failure, Result};
use crate::model::{Model, ShippedFile, TraceRequest, WorldRequest};

/// The model of this build.
pub struct Linked;

fn absent<T>() -> Result<T> {
    Err(Failure::CouldNotGoOn(
        "this build holds no model: it can only merge shards".into(),
    ))
}

impl Model for Linked {
    fn ensemble(&self, _: &WorldRequest) -> Result<Ensemble> {
        absent()
    }

    fn check(&self, _: &WorldRequest, _: bool) -> Result<String> {
        absent()
    }

    fn resolve(&self, _: &WorldRequest) -> Result<String> {
        absent()
    }

    fn schema(&self) -> Result<String> {
        absent()
    }

    fn trace(&self, _: &TraceRequest, _: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
        absent()
    }

    fn shipped(&self) -> &'static [ShippedFile] {
        &[]
    }

    fn child(&self, _: &Path, _: &str) -> Result<String> {
        absent()
    }
}
