//! The `magistra` command.

use clap::Parser;
use magistra::server::commands::{Cli, run};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("magistra: {error}");
            ExitCode::FAILURE
        }
    }
}
