//! From where one may check in by oneself: a network, a place, or either. Neither the address nor the
//! position of who checks in is kept. Both can be feigned by who is determined to; they keep codes
//! from being passed on by who is not.

use crate::common::forms::{Fault, FaultKind};
use ipnet::IpNet;
use std::net::IpAddr;

/// Networks that can be named for one delivery.
pub const NETWORKS_MAX: usize = 10;
/// Metres around a place.
pub const RADIUS: std::ops::RangeInclusive<i64> = 30..=5000;
/// What is proposed where nothing was chosen: a court house and the street before it.
pub const USUAL_RADIUS: i64 = 150;
/// The most that a device's own uncertainty (metres) may work in its favour: indoors, phones are often
/// this far off, and say so.
const DOUBT_MAX: f64 = 150.0;
/// The earth's mean radius in metres (IUGG).
const EARTH: f64 = 6_371_008.8;

/// A point on the earth, in millionths of a degree (a tenth of a metre).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// North of the equator.
    pub latitude: i64,
    /// East of Greenwich.
    pub longitude: i64,
}

impl Point {
    /// Reads degrees as people and browsers write them; the comma is taken for the point.
    pub fn parse(latitude: &str, longitude: &str) -> Option<Self> {
        let degrees = |text: &str, most: f64| {
            let value: f64 = text.trim().replace(',', ".").parse().ok()?;
            (value.abs() <= most).then(|| (value * 1e6).round() as i64)
        };
        Some(Self { latitude: degrees(latitude, 90.0)?, longitude: degrees(longitude, 180.0)? })
    }

    /// Degrees with as many digits as are kept.
    pub fn degrees(self) -> (String, String) {
        let text = |value: i64| format!("{:.6}", value as f64 / 1e6);
        (text(self.latitude), text(self.longitude))
    }

    /// Metres along the earth's surface to another point (haversine, on a sphere).
    pub fn metres_to(self, other: Self) -> f64 {
        let radians = |value: i64| (value as f64 / 1e6).to_radians();
        let (a, b) = (radians(self.latitude), radians(other.latitude));
        let across = ((radians(other.longitude) - radians(self.longitude)) / 2.0).sin().powi(2);
        let along = ((b - a) / 2.0).sin().powi(2);
        2.0 * EARTH * (along + a.cos() * b.cos() * across).clamp(0.0, 1.0).sqrt().asin()
    }
}

/// Where a device says it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// The point.
    pub point: Point,
    /// How far off it may be, in metres.
    pub doubt: f64,
}

impl Position {
    /// Reads what a device sent; none when it sent nothing that can be read.
    pub fn parse(latitude: &str, longitude: &str, doubt: &str) -> Option<Self> {
        let point = Point::parse(latitude, longitude)?;
        let doubt: f64 = doubt.trim().parse().unwrap_or(0.0);
        Some(Self { point, doubt: if doubt.is_finite() { doubt.max(0.0) } else { 0.0 } })
    }
}

/// From where one may check in; empty allows everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Networks.
    pub networks: Vec<IpNet>,
    /// A point, and metres around it.
    pub place: Option<(Point, i64)>,
}

/// Why one may not check in from where one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// Not in the networks.
    Network,
    /// The device has not said where it is.
    Unplaced,
    /// The device is too far away.
    Far,
}

/// An address, or an address and the length of its prefix; an address alone is itself.
fn network(text: &str) -> Option<IpNet> {
    let net = match text.parse::<IpNet>() {
        Ok(net) => net,
        Err(_) => IpNet::from(text.parse::<IpAddr>().ok()?),
    };
    Some(net.trunc())
}

/// What a screen's own network is called: an IPv4 address is shared by a house, an IPv6 house has a
/// prefix of 64 bits (RFC 7421).
pub fn network_of(address: &str) -> Option<String> {
    let address: IpAddr = address.parse::<IpAddr>().ok()?.to_canonical();
    let net = match address {
        IpAddr::V4(_) => return Some(address.to_string()),
        IpAddr::V6(_) => IpNet::new(address, 64).ok()?,
    };
    Some(net.trunc().to_string())
}

impl Limits {
    /// Reads what was typed: networks apart by blanks, commas or lines; degrees; metres.
    pub fn parse(networks: &str, latitude: &str, longitude: &str, radius: &str) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let typed = networks.split([' ', ',', ';', '\n', '\r', '\t']).filter(|part| !part.is_empty());
        let read: Vec<_> = typed.map(network).collect();
        if read.len() > NETWORKS_MAX {
            faults.push(Fault::new("networks", FaultKind::TooMany { max: NETWORKS_MAX }));
        } else if read.contains(&None) {
            faults.push(Fault::new("networks", FaultKind::Network));
        }
        let mut networks: Vec<_> = read.into_iter().flatten().collect();
        networks.sort_unstable();
        networks.dedup();
        let empty = |text: &str| text.trim().is_empty();
        let place = if empty(latitude) && empty(longitude) {
            None
        } else {
            let point = Point::parse(latitude, longitude);
            if point.is_none() {
                for (name, text, most) in [("latitude", latitude, 90), ("longitude", longitude, 180)] {
                    let good =
                        text.trim().replace(',', ".").parse::<f64>().is_ok_and(|value| value.abs() <= f64::from(most));
                    if !good {
                        faults.push(Fault::new(name, FaultKind::Degrees { max: most }));
                    }
                }
            }
            let metres = if empty(radius) { Some(USUAL_RADIUS) } else { radius.trim().parse().ok() };
            let metres = metres.filter(|metres| RADIUS.contains(metres));
            if metres.is_none() {
                faults.push(Fault::new("radius", FaultKind::Number { min: *RADIUS.start(), max: *RADIUS.end() }));
            }
            point.zip(metres)
        };
        if faults.is_empty() { Ok(Self { networks, place }) } else { Err(faults) }
    }

    /// As it is kept: `;a;b;`, or nothing.
    pub fn stored_networks(&self) -> String {
        if self.networks.is_empty() {
            return String::new();
        }
        self.networks.iter().fold(String::from(";"), |list, net| list + &net.to_string() + ";")
    }

    /// As it was kept.
    pub fn read(networks: &str, place: Option<(i64, i64, i64)>) -> Self {
        Self {
            networks: networks.split(';').filter_map(network).collect(),
            place: place.map(|(latitude, longitude, radius)| (Point { latitude, longitude }, radius)),
        }
    }

    /// Whether one may check in from an address and a position. Either is enough: who sits in the named
    /// network need not say where.
    pub fn admit(&self, address: &str, position: Option<Position>) -> Result<(), Barred> {
        let address = address.parse::<IpAddr>().ok().map(|address| address.to_canonical());
        let inside = address.is_some_and(|address| self.networks.iter().any(|net| net.contains(&address)));
        match (self.place, position) {
            _ if inside => Ok(()),
            (None, _) if self.networks.is_empty() => Ok(()),
            (None, _) => Err(Barred::Network),
            (Some(_), None) => Err(Barred::Unplaced),
            (Some((point, radius)), Some(position)) => {
                let doubt = position.doubt.min(DOUBT_MAX);
                let near = point.metres_to(position.point) <= radius as f64 + doubt;
                if near { Ok(()) } else { Err(Barred::Far) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn limits(networks: &str, place: bool) -> Limits {
        let (latitude, longitude) = if place { ("41.3275", "19.8187") } else { ("", "") };
        Limits::parse(networks, latitude, longitude, "150").unwrap()
    }

    fn at(latitude: &str, longitude: &str, doubt: &str) -> Option<Position> {
        Position::parse(latitude, longitude, doubt)
    }

    #[test]
    fn without_limits_everywhere_is_right() {
        assert_eq!(Limits::default().admit("203.0.113.9", None), Ok(()));
        assert_eq!(Limits::default().admit("unknown", None), Ok(()));
    }

    #[test]
    fn networks() {
        let limits = limits("203.0.113.0/24, 2001:db8:1::/64\n198.51.100.7", false);
        for inside in ["203.0.113.200", "::ffff:203.0.113.200", "2001:db8:1::5", "198.51.100.7"] {
            assert_eq!(limits.admit(inside, None), Ok(()), "{inside}");
        }
        for outside in ["203.0.114.1", "2001:db8:2::5", "198.51.100.8", "", "unknown"] {
            assert_eq!(limits.admit(outside, at("41.3275", "19.8187", "5")), Err(Barred::Network), "{outside}");
        }
        assert_eq!(Limits::read(&limits.stored_networks(), None), limits);
    }

    #[test]
    fn places() {
        let limits = limits("", true);
        assert_eq!(limits.admit("203.0.113.9", None), Err(Barred::Unplaced));
        assert_eq!(limits.admit("203.0.113.9", at("41.3275", "19.8187", "10")), Ok(()));
        // 0.001 degrees of latitude are 111 metres.
        assert_eq!(limits.admit("", at("41.3285", "19.8187", "0")), Ok(()));
        assert_eq!(limits.admit("", at("41.3295", "19.8187", "0")), Err(Barred::Far));
        assert_eq!(limits.admit("", at("41.3295", "19.8187", "80")), Ok(()), "it may be nearer than it says");
        assert_eq!(limits.admit("", at("41.40", "19.8187", "1e9")), Err(Barred::Far), "doubt has a bound");
        assert_eq!(limits.admit("", at("41.40", "19.8187", "NaN")), Err(Barred::Far));
    }

    #[test]
    fn either_is_enough() {
        let limits = limits("203.0.113.0/24", true);
        assert_eq!(limits.admit("203.0.113.4", None), Ok(()));
        assert_eq!(limits.admit("192.0.2.1", None), Err(Barred::Unplaced));
        assert_eq!(limits.admit("192.0.2.1", at("41.3275", "19.8187", "10")), Ok(()));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let faults =
            |n, la, lo, r| Limits::parse(n, la, lo, r).unwrap_err().into_iter().map(|f| f.field).collect::<Vec<_>>();
        assert_eq!(faults("203.0.113.0/33", "", "", ""), ["networks"]);
        assert_eq!(faults("the library", "", "", ""), ["networks"]);
        assert_eq!(faults("", "91", "19", ""), ["latitude"]);
        assert_eq!(faults("", "41", "", ""), ["longitude"]);
        assert_eq!(faults("", "41", "19", "5"), ["radius"]);
        assert_eq!(faults(&"10.0.0.1 ".repeat(11), "", "", ""), ["networks"]);
        assert_eq!(limits("203.0.113.77/24", false).stored_networks(), ";203.0.113.0/24;");
    }

    #[test]
    fn a_screen_knows_its_network() {
        assert_eq!(network_of("203.0.113.5").as_deref(), Some("203.0.113.5"));
        assert_eq!(network_of("::ffff:203.0.113.5").as_deref(), Some("203.0.113.5"));
        assert_eq!(network_of("2001:db8:1:2:3:4:5:6").as_deref(), Some("2001:db8:1:2::/64"));
        assert_eq!(network_of("job"), None);
    }

    proptest! {
        #[test]
        fn distances(a in (-90_000_000..=90_000_000i64, -180_000_000..=180_000_000i64), b in (-90_000_000..=90_000_000i64, -180_000_000..=180_000_000i64)) {
            let point = |(latitude, longitude)| Point { latitude, longitude };
            let (a, b) = (point(a), point(b));
            let metres = a.metres_to(b);
            prop_assert!((0.0..=20_015_200.0).contains(&metres), "{metres}: never more than half way round");
            prop_assert!((metres - b.metres_to(a)).abs() < 0.001);
            prop_assert!(a.metres_to(a) < 0.001);
        }

        #[test]
        fn what_is_shown_reads_as_what_was_kept(latitude in -90_000_000..=90_000_000i64, longitude in -180_000_000..=180_000_000i64) {
            let point = Point { latitude, longitude };
            let (a, b) = point.degrees();
            prop_assert_eq!(Point::parse(&a, &b), Some(point));
        }
    }
}
