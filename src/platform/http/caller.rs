//! Where a request comes from: its connection or, behind proxies that are named in the settings, what the
//! outermost of these saw.

use axum::http::HeaderValue;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// No set-up has more proxies in a row. A caller gains nothing by writing more hops into a header.
const HOPS: usize = 16;
/// The longest way to write an address, with brackets and a port.
const LONGEST: usize = 64;

/// The networks of a setting: addresses or networks, parted by commas.
pub fn networks(setting: &str) -> Result<Vec<IpNet>, String> {
    let parts = setting.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let network = part.parse::<IpNet>().ok().or_else(|| part.parse::<IpAddr>().ok().map(IpNet::from));
            let network = network.ok_or_else(|| format!("{part:?} is neither an address nor a network"))?;
            if network.prefix_len() == 0 {
                return Err(format!("{part} would let every caller name its own address"));
            }
            Ok(network)
        })
        .collect()
}

/// Who calls, as the outermost middleware found out, for all that stand within it.
#[derive(Clone, Copy, Debug)]
pub struct Caller(pub Option<IpAddr>);

/// Who calls. Every proxy adds the address it was called from at the end of `X-Forwarded-For`, in the last line
/// or in a further one: so all lines are one list, read from its end, as long as it was a proxy of ours
/// that added to it. What comes before that was written by the client and is not read.
pub fn of<'a>(
    peer: Option<IpAddr>,
    forwarded: impl DoubleEndedIterator<Item = &'a HeaderValue>,
    proxies: &[IpNet],
) -> Option<IpAddr> {
    let ours = |address: &IpAddr| proxies.iter().any(|network| network.contains(address));
    let mut caller = peer?.to_canonical();
    let hops = forwarded.rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    for hop in hops.filter(|hop| !hop.trim_ascii().is_empty()).take(HOPS) {
        if !ours(&caller) {
            break;
        }
        // A proxy that does not say from where it was called: the proxy is all that is known.
        let Some(address) = address(hop) else { break };
        caller = address;
    }
    Some(caller)
}

/// The network that an address counts as: of IPv6 the /64, since a household has all of one; an IPv4 address,
/// however it is written, as itself.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

/// An address as proxies write it: plain, in brackets, with a port.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok().filter(|text| text.len() <= LONGEST)?.trim().trim_matches('"');
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    let address = text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|it| it.ip())).or_else(bare)?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ask(peer: &str, lines: &[&str], proxies: &str) -> String {
        let lines: Vec<HeaderValue> =
            lines.iter().map(|line| HeaderValue::from_bytes(line.as_bytes()).unwrap()).collect();
        of(peer.parse().ok(), lines.iter(), &networks(proxies).unwrap()).map(|it| it.to_string()).unwrap_or_default()
    }

    #[test]
    fn only_a_proxy_is_believed() {
        for (peer, lines, proxies, caller) in [
            ("127.0.0.1", vec![], "127.0.0.1", "127.0.0.1"),
            ("127.0.0.1", vec!["203.0.113.5"], "127.0.0.1", "203.0.113.5"),
            ("127.0.0.1", vec!["203.0.113.5"], "", "127.0.0.1"),
            ("198.51.100.7", vec!["203.0.113.5"], "127.0.0.1", "198.51.100.7"),
            // The client wrote the first line, or the first hops.
            ("127.0.0.1", vec!["10.9.9.9", "203.0.113.5"], "127.0.0.1", "203.0.113.5"),
            ("127.0.0.1", vec!["203.0.113.5", "10.9.9.9"], "127.0.0.1", "10.9.9.9"),
            ("127.0.0.1", vec!["10.9.9.9, 203.0.113.5"], "127.0.0.1", "203.0.113.5"),
            // Two proxies in a row, in one line or two.
            ("127.0.0.1", vec!["1.2.3.4, 203.0.113.5, 10.0.0.8"], "127.0.0.1,10.0.0.0/8", "203.0.113.5"),
            ("127.0.0.1", vec!["1.2.3.4, 203.0.113.5", "10.0.0.8"], "127.0.0.1,10.0.0.0/8", "203.0.113.5"),
            ("127.0.0.1", vec!["10.0.0.9, 10.0.0.8"], "127.0.0.1,10.0.0.0/8", "10.0.0.9"),
            // Ports, brackets, IPv6, and IPv4 within it.
            ("::1", vec!["[2001:db8::7]:443"], "::1", "2001:db8::7"),
            ("::1", vec!["[2001:db8::7]"], "::1/128", "2001:db8::7"),
            ("::1", vec!["2001:db8::7"], "::1", "2001:db8::7"),
            ("127.0.0.1", vec!["\"203.0.113.5:5678\""], "127.0.0.1", "203.0.113.5"),
            ("::ffff:127.0.0.1", vec!["::ffff:203.0.113.5"], "127.0.0.1", "203.0.113.5"),
            // Empty hops count for nothing, unreadable ones end the walk.
            ("127.0.0.1", vec!["203.0.113.5, ,", ""], "127.0.0.1", "203.0.113.5"),
            ("127.0.0.1", vec!["203.0.113.5, unknown"], "127.0.0.1", "127.0.0.1"),
            ("127.0.0.1", vec!["1.2.3.4, <script>, 10.0.0.8"], "127.0.0.1,10.0.0.0/8", "10.0.0.8"),
            ("127.0.0.1", vec!["é, 203.0.113.5"], "127.0.0.1", "203.0.113.5"),
            ("127.0.0.1", vec!["_hidden"], "127.0.0.1", "127.0.0.1"),
        ] {
            assert_eq!(ask(peer, &lines, proxies), caller, "{peer} {lines:?} {proxies}");
        }
        assert_eq!(of(None, [].iter(), &[]), None);
        let endless = "10.0.0.1,".repeat(100_000);
        assert_eq!(ask("127.0.0.1", &[&endless], "127.0.0.1,10.0.0.0/8"), "10.0.0.1");
        assert_eq!(ask("127.0.0.1", &[&"9".repeat(100_000)], "127.0.0.1"), "127.0.0.1");
    }

    #[test]
    fn a_setting_is_read_or_named() {
        assert_eq!(networks(" 127.0.0.1 , 10.0.0.0/8,fd00::/8,").unwrap().len(), 3);
        assert!(networks("").unwrap().is_empty());
        for wrong in ["true", "proxy.example", "10.0.0.0/33", "127.0.0.1:80", "0.0.0.0/0", "::/0"] {
            assert!(networks(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_clients_own_header_never_decides(
            lines in prop::collection::vec("[ -~]{0,60}|([0-9]{1,3}\\.){3}[0-9]{1,3}(, ?127\\.0\\.0\\.1)*", 0..4),
            at_the_end_of_a_line in any::<bool>(),
        ) {
            let truth = "203.0.113.5";
            let mut lines = lines;
            match lines.last_mut().filter(|_| at_the_end_of_a_line) {
                Some(last) => *last = format!("{last}, {truth}"),
                None => lines.push(truth.to_owned()),
            }
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            prop_assert_eq!(ask("127.0.0.1", &lines, "127.0.0.1"), truth);
            // And without a proxy there is nothing to read.
            prop_assert_eq!(ask("198.51.100.7", &lines, "127.0.0.1"), "198.51.100.7");
        }
    }
}
