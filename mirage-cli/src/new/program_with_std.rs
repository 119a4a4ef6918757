//! Asks whoever connects for a name, and greets.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread,
};

#[mirage_rt::unikernel(net = "auto", ip = "10.0.0.2", tcp(greeter = 7000))]
fn main(greeter: TcpListener) -> io::Result<()> {
    for connection in greeter.incoming() {
        let connection = connection?;
        // A client that goes away is not greeted.
        thread::spawn(move || greet(connection));
    }
    Ok(())
}

fn greet(mut connection: TcpStream) -> io::Result<()> {
    connection.write_all(b"Who is there? ")?;
    let mut line = String::new();
    BufReader::new(&connection).read_line(&mut line)?;
    writeln!(connection, "Hello, {}!", name(&line))
}

/// The name in a line that a client sent.
fn name(line: &str) -> &str {
    match line.trim() {
        "" => "whoever you are",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn whoever_connects_is_greeted_by_name() {
        let greeter = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = greeter.local_addr().unwrap();
        thread::spawn(move || main(greeter));
        let mut connection = TcpStream::connect(address).unwrap();
        connection.write_all(b"Ada\n").unwrap();
        let mut greeting = String::new();
        connection.read_to_string(&mut greeting).unwrap();
        assert_eq!(greeting, "Who is there? Hello, Ada!\n");
    }

    #[test]
    fn the_name_is_the_line_without_its_end() {
        assert_eq!(name("Ada\r\n"), "Ada");
        assert_eq!(name("\n"), "whoever you are");
    }
}
