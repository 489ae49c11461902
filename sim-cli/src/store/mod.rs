//! The run directory: what is in it, who may write it, how it is finished, resumed, extended, merged.

pub mod atomic;
pub mod bytes;
pub mod canonical;
pub mod directory;
pub mod entry;
pub mod finish;
pub mod force;
pub mod frame;
pub mod import;
pub mod layout;
pub mod limited;
pub mod lock;
pub mod manifest;
pub mod plan;
pub mod points;
pub mod provenance;
pub mod segments;
pub mod shard;
pub mod space;
pub mod tenders;
pub mod until;
