//! Logs to standard error (JSON when it is not a terminal) and metrics for Prometheus.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging; `MAGISTRA_LOG` filters as tracing's `EnvFilter` does.
pub fn log() {
    let filter =
        EnvFilter::try_from_env("MAGISTRA_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,typst=warn"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        builder.with_target(false).init();
    } else {
        builder.json().init();
    }
}

/// Installs the recorder of metrics.
pub fn metrics() -> Result<PrometheusHandle, String> {
    PrometheusBuilder::new()
        .set_buckets(&[0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5])
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|e| format!("metrics: {e}"))
}
