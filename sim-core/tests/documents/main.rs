//! Documents that are made from the code, or must agree with it.

mod coverage;
mod mechanism_list;
mod model_document;
