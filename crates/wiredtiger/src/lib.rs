#![doc = include_str!("../README.md")]
// `unsafe` is denied by the workspace; the files in `ffi` alone expect it, each with its reason.

mod block;
mod error;
mod ffi;
mod layout;
mod probe;
mod settings;
mod store;
mod word;
