//! Targets of strongroom-ttlv.

mod frames;
mod item;
mod reading;
mod round_trip;

pub use frames::frame_stream;
pub use item::ttlv_item;
pub use round_trip::ttlv_round_trip;
