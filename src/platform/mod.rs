//! The server's ground: configuration, database, clock, jobs, mail, files, audit, HTTP.

pub mod apart;
pub mod audit;
pub mod backup_store;
pub mod blocking;
pub mod clock;
pub mod config;
pub mod context;
pub mod db;
pub mod export;
pub mod files;
pub mod gates;
pub mod health_store;
pub mod http;
pub mod job_store;
pub mod jobs;
pub mod mail;
pub mod markdown;
pub mod passwords;
pub mod pdf;
pub mod private;
pub mod rendered;
pub mod store;
pub mod telemetry;
pub mod text;
pub mod zones;
