//! The options of Strongroom: one table, three spellings, mongod.conf-shaped YAML.
#![forbid(unsafe_code)]
