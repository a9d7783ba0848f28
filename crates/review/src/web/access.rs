//! Who may ask.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, Method, header};

use super::password::Password;
use super::secret::Secret;

/// The secrets of this server, and the names under which it is known.
#[derive(Debug)]
pub(crate) struct Access {
    /// In the address that is printed; none where a password is asked.
    pub(crate) token: Option<Secret>,
    /// Asked where browsers of other machines may come.
    pub(crate) password: Option<Password>,
    /// In the cookie of a browser that was let in.
    session: Secret,
    address: SocketAddr,
    /// Name of this machine.
    machine: Option<String>,
}

impl Access {
    /// # Errors
    /// When the operating system has no random numbers.
    pub(crate) fn new(
        address: SocketAddr,
        password: Option<Password>,
        machine: Option<String>,
    ) -> Result<Self, getrandom::Error> {
        let token = match &password {
            Some(_) => None,
            None => Some(Secret::draw()?),
        };
        Ok(Self {
            token,
            password,
            session: Secret::draw()?,
            address,
            machine,
        })
    }

    /// The address to open in a browser.
    pub(crate) fn url(&self) -> String {
        let port = self.address.port();
        let host = match (self.address.ip(), &self.machine) {
            (ip, Some(machine)) if ip.is_unspecified() => format!("{machine}:{port}"),
            _ => self.address.to_string(),
        };
        match &self.token {
            Some(token) => format!("http://{host}/?token={}", token.reveal()),
            None => format!("http://{host}/"),
        }
    }

    /// The cookie that lets a browser in. It has the port in its name, as browsers share cookies
    /// between the ports of a machine and two desks may be open at once.
    pub(crate) fn cookie(&self) -> String {
        format!(
            "{}={}; HttpOnly; SameSite=Strict; Path=/",
            self.cookie_name(),
            self.session.reveal()
        )
    }

    fn cookie_name(&self) -> String {
        format!("isoboost_session_{}", self.address.port())
    }

    /// Whether a request carries the cookie.
    pub(crate) fn is_let_in(&self, headers: &HeaderMap) -> bool {
        let name = self.cookie_name();
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(key, value)| key == name && self.session.is(value))
    }

    /// Whether the request was meant for this server: a page of another site that makes its own
    /// name point to this machine still asks by that name.
    pub(crate) fn is_own_host(&self, headers: &HeaderMap) -> bool {
        host_of(headers).is_some_and(|host| self.knows(host))
    }

    fn knows(&self, host: &str) -> bool {
        let Some((name, port)) = host.rsplit_once(':') else {
            return self.address.port() == 80 && self.knows_name(host);
        };
        port.parse() == Ok(self.address.port()) && self.knows_name(name)
    }

    fn knows_name(&self, name: &str) -> bool {
        let own = self.address.ip();
        let literal = name.trim_start_matches('[').trim_end_matches(']');
        match literal.parse::<IpAddr>() {
            // Behind another address than the loopback there is the password, which such a page
            // does not know.
            Ok(ip) => ip == own || (!own.is_loopback() && self.password.is_some()),
            Err(_) if name.eq_ignore_ascii_case("localhost") => true,
            Err(_) => {
                !own.is_loopback()
                    && self.machine.as_deref().is_some_and(|machine| {
                        let name = name.to_ascii_lowercase();
                        let machine = machine.to_ascii_lowercase();
                        name == machine || name.starts_with(&format!("{machine}."))
                    })
            }
        }
    }

    /// Whether a request that changes something comes from a page of this server.
    pub(crate) fn is_own_origin(headers: &HeaderMap, method: &Method) -> bool {
        if matches!(*method, Method::GET | Method::HEAD) {
            return true;
        }
        let origin = headers.get(header::ORIGIN).and_then(|v| v.to_str().ok());
        match (
            origin.and_then(|o| o.strip_prefix("http://")),
            host_of(headers),
        ) {
            (Some(origin), Some(host)) => origin.eq_ignore_ascii_case(host),
            _ => false,
        }
    }
}

fn host_of(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    fn access(address: &str, machine: Option<&str>, password: bool) -> Access {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, "correct horse").unwrap();
        let password = password.then(|| Password::read(&path).unwrap());
        let machine = machine.map(str::to_owned);
        Access::new(address.parse().unwrap(), password, machine).unwrap()
    }

    #[test]
    fn names_that_only_others_use_are_not_ours() {
        let local = access("127.0.0.1:4321", Some("ws7"), false);
        let knows = |access: &Access, host: &str| access.is_own_host(&headers(header::HOST, host));
        for host in ["127.0.0.1:4321", "localhost:4321", "LOCALHOST:4321"] {
            assert!(knows(&local, host), "{host}");
        }
        for host in [
            "127.0.0.1",
            "127.0.0.1:4322",
            "evil.example:4321",
            "localhost.evil.example:4321",
            "10.0.0.9:4321",
            "ws7:4321",
            "127.0.0.1:4321@evil.example",
            "",
        ] {
            assert!(!knows(&local, host), "{host}");
        }
        assert!(!local.is_own_host(&HeaderMap::new()));
        let open = access("0.0.0.0:4321", Some("ws7"), true);
        for host in ["10.0.0.9:4321", "ws7:4321", "WS7.clinic.example:4321"] {
            assert!(knows(&open, host), "{host}");
        }
        assert!(!knows(&open, "ws70:4321") && !knows(&open, "evil.example:4321"));
        assert_eq!(open.url(), "http://ws7:4321/");
    }

    #[test]
    fn only_the_own_cookie_lets_in() {
        let desk = access("127.0.0.1:4321", None, false);
        let cookie = desk.cookie();
        let pair = cookie.split(';').next().unwrap();
        let lets_in = |text: &str| desk.is_let_in(&headers(header::COOKIE, text));
        assert!(lets_in(pair) && lets_in(&format!("a=b; {pair}; c=d")));
        let other = access("127.0.0.1:4321", None, false).cookie();
        for wrong in [
            "",
            "isoboost_session_4321=",
            other.split(';').next().unwrap(),
        ] {
            assert!(!lets_in(wrong), "{wrong}");
        }
        assert!(!lets_in(&pair.replace("4321", "4322")));
        assert!(cookie.ends_with("; HttpOnly; SameSite=Strict; Path=/"));
    }

    #[test]
    fn only_the_own_page_changes_something() {
        let post = |origin: Option<&str>| {
            let mut all = headers(header::HOST, "127.0.0.1:4321");
            if let Some(origin) = origin {
                all.insert(header::ORIGIN, origin.parse().unwrap());
            }
            Access::is_own_origin(&all, &Method::POST)
        };
        assert!(post(Some("http://127.0.0.1:4321")));
        for foreign in [
            None,
            Some("null"),
            Some("https://127.0.0.1:4321"),
            Some("http://127.0.0.1:4322"),
            Some("http://localhost:4321"),
            Some("http://evil.example"),
        ] {
            assert!(!post(foreign), "{foreign:?}");
        }
        assert!(Access::is_own_origin(&HeaderMap::new(), &Method::GET));
    }
}
