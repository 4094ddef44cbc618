//! The `magistra` command.

use clap::Parser;
use magistra::{
    platform::apart,
    server::{
        APART,
        commands::{Cli, run},
    },
};
use std::process::ExitCode;

/// Pages are deep trees of types; what is not optimised needs more than the usual two megabytes to
/// render one. Only what is used is taken.
const STACK: usize = 8 * 1024 * 1024;

fn main() -> ExitCode {
    if let Some(code) = apart::asked(APART) {
        return code;
    }
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .build()
        .map_err(|error| format!("cannot start: {error}"))
        .and_then(|runtime| runtime.block_on(run(Cli::parse())));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("magistra: {error}");
            ExitCode::FAILURE
        }
    }
}
