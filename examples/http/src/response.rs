//! The answers, each made when the program is compiled.

use crate::request::{Rejected, Request};

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Response {
    /// Status line and headers without `Connection`, each line with its end.
    head: &'static str,
    body: &'static str,
}

/// The end of a head, as the connection goes on or does not.
const KEEP: &str = "\r\n";
const CLOSE: &str = "Connection: close\r\n\r\n";

impl Response {
    /// The answer to a request for a resource of this server.
    pub fn to(request: &Request<'_>) -> &'static Self {
        match (request.path, request.method) {
            ("/", "GET" | "HEAD") => &PAGE,
            ("/" | "*", "OPTIONS") => &OPTIONS,
            ("/", _) => &METHOD_NOT_ALLOWED,
            _ => &NOT_FOUND,
        }
    }

    /// The pieces to send, in order; a `HEAD` request has the answer without its body.
    pub fn pieces(&self, keep_alive: bool, with_body: bool) -> [&'static str; 3] {
        let end = if keep_alive { KEEP } else { CLOSE };
        [self.head, end, if with_body { self.body } else { "" }]
    }
}

impl From<Rejected> for &'static Response {
    fn from(rejected: Rejected) -> Self {
        match rejected {
            Rejected::Malformed => &BAD_REQUEST,
            Rejected::HeadTooLarge => &HEAD_TOO_LARGE,
            Rejected::BodyTooLarge => &BODY_TOO_LARGE,
            Rejected::Coded => &CODED,
        }
    }
}

/// `concat!` takes no constants, so the length is written out; a test compares it with the body.
macro_rules! response {
    ($name:ident, $status:literal, $headers:literal, $length:literal, $body:expr) => {
        static $name: Response = Response {
            head: concat!(
                "HTTP/1.1 ",
                $status,
                "\r\n",
                $headers,
                "Content-Length: ",
                $length,
                "\r\n"
            ),
            body: $body,
        };
    };
}

response!(
    PAGE,
    "200 OK",
    "Content-Type: text/html\r\n",
    "138",
    include_str!("page.html")
);
response!(OPTIONS, "200 OK", "Allow: GET, HEAD, OPTIONS\r\n", "0", "");
response!(BAD_REQUEST, "400 Bad Request", "", "12", "bad request\n");
response!(NOT_FOUND, "404 Not Found", "", "10", "not found\n");
response!(
    METHOD_NOT_ALLOWED,
    "405 Method Not Allowed",
    "Allow: GET, HEAD, OPTIONS\r\n",
    "26",
    "only GET and HEAD go here\n"
);
response!(
    BODY_TOO_LARGE,
    "413 Content Too Large",
    "",
    "15",
    "body too large\n"
);
response!(
    HEAD_TOO_LARGE,
    "431 Request Header Fields Too Large",
    "",
    "15",
    "head too large\n"
);
response!(
    CODED,
    "501 Not Implemented",
    "",
    "31",
    "transfer codings are not known\n"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_says_the_length_of_its_body() {
        for response in [
            &PAGE,
            &OPTIONS,
            &BAD_REQUEST,
            &NOT_FOUND,
            &METHOD_NOT_ALLOWED,
            &BODY_TOO_LARGE,
            &HEAD_TOO_LARGE,
            &CODED,
        ] {
            let (_, length) = response.head.split_once("Content-Length: ").unwrap();
            assert_eq!(
                length.trim_end().parse(),
                Ok(response.body.len()),
                "{}",
                response.head
            );
        }
    }

    #[test]
    fn resources_and_methods_have_their_answers() {
        for (method, path, status) in [
            ("GET", "/", "200"),
            ("HEAD", "/", "200"),
            ("POST", "/", "405"),
            ("OPTIONS", "/", "200"),
            ("OPTIONS", "*", "200"),
            ("GET", "*", "404"),
            ("GET", "/other", "404"),
        ] {
            let request = Request {
                method,
                path,
                keep_alive: true,
                body: 0,
                expects_continue: false,
            };
            let head = Response::to(&request).head;
            assert!(
                head.starts_with(&format!("HTTP/1.1 {status} ")),
                "{method} {path}: {head}"
            );
        }
    }

    extern crate std;
    use std::format;
}
