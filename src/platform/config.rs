//! Options, by flag and by `MAGISTRA_*` variable, checked at start.

use super::{http::caller, private};
use clap::Args;
use ipnet::IpNet;
use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// What every command needs.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Database: sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME [default: sqlite://DATA/magistra.db]
    #[arg(long, env = "MAGISTRA_DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// Folder for the database, files and mail
    #[arg(long, env = "MAGISTRA_DATA", default_value = "data", global = true)]
    pub data: PathBuf,
    /// The address people use, for links in mail and on certificates
    #[arg(long, env = "MAGISTRA_PUBLIC_URL", default_value = "http://127.0.0.1:3000", global = true)]
    pub public_url: String,
    /// Mail server: smtp://USER:PASSWORD@HOST:PORT or smtps://…; without it mail is written to DATA/mail
    #[arg(long, env = "MAGISTRA_SMTP_URL", global = true, hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// Sender of mail
    #[arg(
        long,
        env = "MAGISTRA_MAIL_FROM",
        default_value = "Magistra <magistra@localhost.localdomain>",
        global = true
    )]
    pub mail_from: String,
    /// Object store for files: a folder, or s3://BUCKET/PREFIX with the AWS_* variables [default: DATA/files]
    #[arg(long, env = "MAGISTRA_FILES", global = true)]
    pub files: Option<String>,
    /// Largest upload, in MiB
    #[arg(long, env = "MAGISTRA_MAX_UPLOAD_MIB", default_value_t = 512, global = true)]
    pub max_upload_mib: u64,
    /// Seconds that the mail server may take for a letter, from connecting to its last word
    #[arg(long, env = "MAGISTRA_MAIL_TIMEOUT", default_value = "120", value_parser = seconds, global = true)]
    pub mail_timeout: Duration,
    /// Seconds that the store of files may say nothing
    #[arg(long, env = "MAGISTRA_FILES_TIMEOUT", default_value = "60", value_parser = seconds, global = true)]
    pub files_timeout: Duration,
    /// Starts although the store has none of the files that the database names
    #[arg(long, env = "MAGISTRA_FILES_ARE_LOST", global = true)]
    pub files_are_lost: bool,
    /// Below so much free space on the disk of the data, in MiB, the server says that it is not ready; 0: never
    #[arg(long, env = "MAGISTRA_MIN_FREE_MIB", default_value_t = 64, global = true)]
    pub min_free_mib: u64,
    /// Open registers that are told of others' marks as they are made, in all
    #[arg(long, env = "MAGISTRA_MAX_STREAMS", default_value_t = 2000, global = true)]
    pub max_streams: usize,
    /// Open registers that one person is told of
    #[arg(long, env = "MAGISTRA_MAX_STREAMS_BY_PERSON", default_value_t = 12, global = true)]
    pub max_streams_by_person: usize,
    /// Papers (PDF) that are set at once; some more may wait
    #[arg(long, env = "MAGISTRA_MAX_PAPERS", default_value_t = 4, global = true)]
    pub max_papers: usize,
}

/// Reads a length of time in seconds, more than nothing and less than a day.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.trim().parse().map_err(|_| "not a number of seconds".to_owned())?;
    if seconds > 0.0 && seconds < 86_400.0 {
        return Ok(Duration::from_secs_f64(seconds));
    }
    Err("must be more than 0 and less than a day".to_owned())
}

/// What `serve` needs beside.
#[derive(Args, Clone, Debug)]
pub struct ServeSettings {
    /// Where to listen
    #[arg(long, env = "MAGISTRA_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,
    /// Where Prometheus finds the metrics; loopback only
    #[arg(long, env = "MAGISTRA_METRICS_ADDR", default_value = "127.0.0.1:3001")]
    pub metrics_addr: SocketAddr,
    /// Folder of the built site (ignored by the self-contained binary)
    #[arg(long, env = "MAGISTRA_SITE", default_value = "target/site")]
    pub site: PathBuf,
    /// Proxies whose X-Forwarded-For is believed: addresses or networks, parted by commas
    #[arg(long, env = "MAGISTRA_TRUSTED_PROXIES", default_value = "")]
    pub trusted_proxies: String,
    /// What stood for the above and named no proxy; refused at start
    #[arg(long, env = "MAGISTRA_TRUST_PROXY", hide = true)]
    pub trust_proxy: Option<String>,
    /// Say in the header x-queries how many statements an answer took
    #[arg(long, env = "MAGISTRA_QUERY_COUNT")]
    pub query_count: bool,
    /// Do not work on jobs here; `magistra worker` does
    #[arg(long, env = "MAGISTRA_NO_WORKER")]
    pub no_worker: bool,
    /// Connections at once, in all; never more than the system lets us open files
    #[arg(long, env = "MAGISTRA_MAX_CONNECTIONS", default_value_t = 4096)]
    pub max_connections: usize,
    /// Connections at once from one address (of IPv6: from one /64); not counted behind a trusted proxy
    #[arg(long, env = "MAGISTRA_MAX_CONNECTIONS_BY_SOURCE", default_value_t = 512)]
    pub max_connections_by_source: usize,
    /// Seconds within which a request's head must have come
    #[arg(long, env = "MAGISTRA_HEADER_TIMEOUT", default_value_t = 15)]
    pub header_timeout: u64,
    /// Seconds after which a connection is closed on which nothing is asked, or nothing taken
    #[arg(long, env = "MAGISTRA_IDLE_TIMEOUT", default_value_t = 75)]
    pub idle_timeout: u64,
}

impl Settings {
    /// The database's address.
    pub fn database_url(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| format!("sqlite://{}", self.data.join("magistra.db").display()))
    }

    /// The file of an SQLite database; none for PostgreSQL.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let url = self.database_url();
        let rest = url.strip_prefix("sqlite:")?;
        let path = rest.strip_prefix("//").unwrap_or(rest);
        Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
    }

    /// Where files are kept.
    pub fn files(&self) -> String {
        self.files.clone().unwrap_or_else(|| self.data.join("files").display().to_string())
    }

    /// Where mail is written when there is no mail server.
    pub fn mail_folder(&self) -> PathBuf {
        self.data.join("mail")
    }

    /// Whether people reach us by https, so that cookies are Secure.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The host that people reach us by, as the right half of a Message-ID (RFC 5322, 3.6.4).
    pub fn host(&self) -> &str {
        let rest = self.public_url.split_once("://").map_or(self.public_url.as_str(), |(_, rest)| rest);
        let host = rest.split('/').next().unwrap_or_default();
        match host.rsplit_once(':') {
            Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
            _ => host,
        }
    }

    /// An absolute address of a path.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.trim_end_matches('/'))
    }

    /// Says what is wrong with the options, in words for the person who set them.
    pub fn check(&self) -> Result<(), String> {
        let database = self.database_url();
        if !["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| database.starts_with(scheme)) {
            return Err("MAGISTRA_DATABASE_URL must start with sqlite:// or postgres://".into());
        }
        let host = ["https://", "http://"].iter().find_map(|s| self.public_url.strip_prefix(s));
        if !host.is_some_and(|h| !h.trim_end_matches('/').is_empty() && !h.trim_end_matches('/').contains('/')) {
            return Err(format!(
                "MAGISTRA_PUBLIC_URL must be http:// or https:// and a host, without a path; it is {:?}",
                self.public_url
            ));
        }
        if let Some(url) = &self.smtp_url
            && !(url.starts_with("smtp://") || url.starts_with("smtps://"))
        {
            return Err("MAGISTRA_SMTP_URL must start with smtp:// or smtps://".into());
        }
        if self.mail_from.parse::<lettre::message::Mailbox>().is_err() {
            return Err(format!("MAGISTRA_MAIL_FROM is not a mail address: {:?}", self.mail_from));
        }
        private::folder(&self.data).map_err(|e| format!("cannot create the data folder {}: {e}", self.data.display()))
    }
}

impl ServeSettings {
    /// The proxies that are believed.
    pub fn proxies(&self) -> Result<Vec<IpNet>, String> {
        caller::networks(&self.trusted_proxies).map_err(|e| format!("MAGISTRA_TRUSTED_PROXIES: {e}"))
    }

    /// Says what is wrong with the options.
    pub fn check(&self) -> Result<(), String> {
        if !self.metrics_addr.ip().is_loopback() {
            return Err(format!("MAGISTRA_METRICS_ADDR must be a loopback address; it is {}", self.metrics_addr));
        }
        if self.trust_proxy.as_deref().is_some_and(|set| !matches!(set, "" | "false" | "0" | "off" | "no")) {
            return Err(
                "MAGISTRA_TRUST_PROXY no longer exists, for it believed whoever called; name the proxy instead: \
                        MAGISTRA_TRUSTED_PROXIES=127.0.0.1"
                    .into(),
            );
        }
        self.proxies()?;
        for (name, value) in [
            ("MAGISTRA_HEADER_TIMEOUT", self.header_timeout),
            ("MAGISTRA_IDLE_TIMEOUT", self.idle_timeout),
            ("MAGISTRA_MAX_CONNECTIONS", self.max_connections as u64),
            ("MAGISTRA_MAX_CONNECTIONS_BY_SOURCE", self.max_connections_by_source as u64),
        ] {
            if value == 0 {
                return Err(format!("{name} must be at least 1"));
            }
        }
        Ok(())
    }
}
