//! What a request asks for: RFC 9112 as far as a server of small requests needs it.

use httparse::{EMPTY_HEADER, Header, Status};

/// The longest head (request line and headers) that is read, in bytes.
pub const MAX_HEAD_LEN: usize = 2048;
/// The longest body that is read (and ignored), in bytes.
pub const MAX_BODY_LEN: u64 = 64 * 1024;
/// The most headers of one request.
const MAX_HEADERS: usize = 32;

/// A request's head, as far as it decides the answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Request<'a> {
    pub method: &'a str,
    /// The path of the request target, or `*`.
    pub path: &'a str,
    /// Whether the client wants to send more requests on this connection.
    pub keep_alive: bool,
    /// Length of the body behind the head, in bytes.
    pub body: u64,
    /// Whether the client waits for `100 Continue` before it sends the body.
    pub expects_continue: bool,
}

/// Why a request cannot be answered as it asks.
#[derive(Debug, PartialEq, Eq)]
pub enum Rejected {
    /// It is not HTTP/1, or contradicts itself.
    Malformed,
    /// Its head is longer than [`MAX_HEAD_LEN`] or has too many headers.
    HeadTooLarge,
    /// Its body is longer than [`MAX_BODY_LEN`].
    BodyTooLarge,
    /// Its body comes in a transfer coding.
    Coded,
}

/// The request at the start of `bytes` and the length of its head; `None` if there is more to come.
pub fn parse(bytes: &[u8]) -> Result<Option<(Request<'_>, usize)>, Rejected> {
    let mut headers = [EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let length = match head.parse(bytes) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) if bytes.len() < MAX_HEAD_LEN => return Ok(None),
        Ok(Status::Partial) | Err(httparse::Error::TooManyHeaders) => {
            return Err(Rejected::HeadTooLarge);
        }
        Err(_) => return Err(Rejected::Malformed),
    };
    let (Some(method), Some(target), Some(version)) = (head.method, head.path, head.version) else {
        return Err(Rejected::Malformed);
    };
    let mut request = Request {
        method,
        path: path(target),
        keep_alive: version == 1,
        body: 0,
        expects_continue: false,
    };
    let (mut hosts, mut length_seen, mut closes) = (0, None, false);
    for Header { name, value } in head.headers.iter() {
        if name.eq_ignore_ascii_case("host") {
            hosts += 1;
        } else if name.eq_ignore_ascii_case("content-length") {
            let length = decimal(value).ok_or(Rejected::Malformed)?;
            if length_seen.is_some_and(|seen| seen != length) {
                return Err(Rejected::Malformed);
            }
            length_seen = Some(length);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(Rejected::Coded);
        } else if name.eq_ignore_ascii_case("connection") {
            for option in value.split(|byte| *byte == b',') {
                let option = option.trim_ascii();
                if option.eq_ignore_ascii_case(b"close") {
                    closes = true;
                } else if option.eq_ignore_ascii_case(b"keep-alive") {
                    request.keep_alive = true;
                }
            }
        } else if name.eq_ignore_ascii_case("expect") && version == 1 {
            // RFC 9110, section 10.1.1: an older client does not wait.
            request.expects_continue = value.trim_ascii().eq_ignore_ascii_case(b"100-continue");
        }
    }
    // RFC 9112, section 3.2: an HTTP/1.1 request names exactly one host.
    if version == 1 && hosts != 1 {
        return Err(Rejected::Malformed);
    }
    // RFC 9112, section 9.3: `close` prevails.
    request.keep_alive &= !closes;
    request.body = length_seen.unwrap_or(0);
    if request.body > MAX_BODY_LEN {
        return Err(Rejected::BodyTooLarge);
    }
    Ok(Some((request, length)))
}

/// The path of a request target without its query. The target may be a whole URI (RFC 9112, section 3.2.2).
fn path(target: &str) -> &str {
    const SCHEME: &str = "http://";
    let is_uri = |scheme: &str| scheme.eq_ignore_ascii_case(SCHEME);
    let path = match target.split_at_checked(SCHEME.len()) {
        Some((scheme, rest)) if is_uri(scheme) => {
            let end = rest.find(['/', '?']).and_then(|end| rest.get(end..));
            end.filter(|end| end.starts_with('/')).unwrap_or("/")
        }
        _ => target,
    };
    path.split_once('?').map_or(path, |(path, _)| path)
}

fn decimal(text: &[u8]) -> Option<u64> {
    // `u64::from_str` takes a sign; the grammar does not.
    if !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    core::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    #[test]
    fn a_request_is_taken_from_the_start_of_what_came() {
        let bytes = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next";
        let (request, length) = parse(bytes).unwrap().unwrap();
        assert_eq!((request.method, request.path), ("GET", "/"));
        assert!(request.keep_alive);
        assert_eq!(&bytes[length..], b"GET /next");
    }

    #[test]
    fn every_beginning_of_a_request_waits_for_more() {
        let whole = b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
        for end in 0..whole.len() {
            assert_eq!(parse(&whole[..end]), Ok(None), "{end}");
        }
        assert_eq!(parse(whole).unwrap().unwrap().0.body, 3);
    }

    #[test]
    fn the_connection_header_decides_what_follows() {
        for (head, keep_alive) in [
            (
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                false,
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n",
                false,
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, keep-alive\r\n\r\n",
                false,
            ),
            ("GET / HTTP/1.0\r\n\r\n", false),
            ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true),
        ] {
            assert_eq!(
                parse(head.as_bytes()).unwrap().unwrap().0.keep_alive,
                keep_alive,
                "{head}"
            );
        }
    }

    #[test]
    fn the_path_is_that_of_every_form_of_a_target() {
        for (target, path) in [
            ("/", "/"),
            ("/?q=1", "/"),
            ("/a/b?q", "/a/b"),
            ("http://example.org/a?q", "/a"),
            ("HTTP://example.org:80/", "/"),
            ("http://example.org", "/"),
            ("http://example.org?q=/", "/"),
            ("*", "*"),
        ] {
            assert_eq!(super::path(target), path, "{target}");
        }
    }

    #[test]
    fn only_a_client_of_this_version_waits_to_continue() {
        for (version, waits) in [("1.0", false), ("1.1", true)] {
            let head =
                std::format!("POST / HTTP/{version}\r\nHost: a\r\nExpect: 100-continue\r\n\r\n");
            assert_eq!(
                parse(head.as_bytes()).unwrap().unwrap().0.expects_continue,
                waits
            );
        }
    }

    #[test]
    fn what_cannot_be_answered_is_rejected() {
        for (head, why) in [
            ("\u{1}\u{2}\u{3}\r\n\r\n", Rejected::Malformed),
            ("GET / HTTP/2.0\r\n\r\n", Rejected::Malformed),
            ("GET / HTTP/1.1\r\n\r\n", Rejected::Malformed),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                Rejected::Malformed,
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
                Rejected::Malformed,
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                Rejected::Malformed,
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n",
                Rejected::BodyTooLarge,
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                Rejected::Coded,
            ),
        ] {
            assert_eq!(parse(head.as_bytes()), Err(why), "{head:?}");
        }
        assert_eq!(parse(&[b'a'; MAX_HEAD_LEN]), Err(Rejected::HeadTooLarge));
    }
}
