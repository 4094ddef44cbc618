//! The server's ground: configuration, database, clock, jobs, mail, files, audit, HTTP.

pub mod audit;
pub mod clock;
pub mod config;
pub mod context;
pub mod db;
pub mod export;
pub mod files;
pub mod gates;
pub mod http;
pub mod jobs;
pub mod mail;
pub mod markdown;
pub mod passwords;
pub mod pdf;
pub mod store;
pub mod telemetry;
pub mod text;
pub mod zones;
