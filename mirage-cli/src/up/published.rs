//! The ports that are open to the outside, and where the host reaches them.

use crate::{
    application::Application,
    failure::{Failure, Result},
    ports::{NamedForward, Port},
};
use mirage_graph::port;
use mirage_user_network::PublishedPort;
use std::net::{Ipv4Addr, SocketAddrV4};

/// A port of a unikernel that the host reaches.
pub struct Published {
    /// The position of the unikernel.
    pub member: usize,
    /// The port.
    pub port: Port,
    /// Where the host reaches it.
    pub published: PublishedPort,
}

/// Chooses the host's port of each port that is open to the outside.
///
/// # Errors
/// A forward leads to no such port, or two would use one port of the host.
pub fn publish(application: &Application, forwards: &[NamedForward]) -> Result<Vec<Published>> {
    let mut open = Vec::new();
    for (member, it) in application.members.iter().enumerate() {
        let mut ports = Port::all(it.graph());
        ports.retain(|port| it.is_open(&port.name) && it.is_outer(port.interface));
        // A port that listens on several interfaces is reached by the first one.
        ports.dedup_by(|port, first| port.name == first.name && port.protocol == first.protocol);
        open.extend(ports.into_iter().map(|port| (member, port)));
    }
    for (index, forward) in forwards.iter().enumerate() {
        check(forward, application, &open)?;
        let is_same = |other: &&NamedForward| {
            other.unikernel == forward.unikernel && other.port == forward.port
        };
        if forwards[..index].iter().any(|other| is_same(&other)) {
            let NamedForward {
                unikernel, port, ..
            } = forward;
            return Err(Failure::usage(format_args!(
                "`{unikernel}.{port}` is forwarded twice"
            )));
        }
    }
    let numbers: Vec<_> = open.iter().map(|(_, port)| port.number).collect();
    // What is asked for is not taken by a default.
    open.sort_by_key(|(member, port)| {
        let name = application.members[*member].name();
        let mut asked = forwards.iter();
        !asked.any(|it| it.unikernel == name && it.port == port.name)
    });
    let mut published: Vec<Published> = Vec::new();
    for (member, port) in open {
        let name = application.members[member].name();
        let is_asked = |it: &&NamedForward| it.unikernel == name && it.port == port.name;
        let asked = forwards.iter().find(is_asked).map(|forward| forward.host);
        let is_used = |host: u16| {
            let mut others = published.iter();
            others.any(|other| {
                let same_protocol = other.port.protocol == port.protocol;
                same_protocol && other.published.host.port() == host
            })
        };
        let by_rule = port::on_host(port.number, &numbers);
        let host = asked.or_else(|| (by_rule..=u16::MAX).find(|host| !is_used(*host)));
        let Some(host) = host.filter(|host| !is_used(*host)) else {
            return Err(Failure::usage(format_args!(
                "the port `{}` of `{name}` would use a port of the host that another one uses",
                port.name
            ))
            .help(format_args!(
                "choose another with `-P HOST:{name}.{}`",
                port.name
            )));
        };
        published.push(Published {
            member,
            published: PublishedPort {
                protocol: port.protocol,
                host: SocketAddrV4::new(Ipv4Addr::LOCALHOST, host).into(),
                guest: port.number,
            },
            port,
        });
    }
    Ok(published)
}

/// Checks that a forward leads to a port that is open to the outside.
fn check(forward: &NamedForward, application: &Application, open: &[(usize, Port)]) -> Result<()> {
    let NamedForward {
        unikernel, port, ..
    } = forward;
    let Some(member) = application.position(unikernel) else {
        return Err(application.unknown(unikernel));
    };
    if open
        .iter()
        .any(|(of, it)| *of == member && it.name == *port)
    {
        return Ok(());
    }
    let ports = application.members[member].membership.accepts.iter();
    let has_port = ports.clone().any(|accept| accept.port == *port);
    Err(match has_port {
        true => Failure::usage(format_args!(
            "`{unikernel}.{port}` is not open to the outside"
        ))
        .help(format_args!(
            "the plan would say `outside -> {unikernel}.{port}`"
        )),
        false => Failure::usage(format_args!("`{unikernel}` has no port `{port}`")),
    })
}

/// The failure because a port of the host is in use.
pub fn not_free(error: mirage_user_network::Error) -> Failure {
    Failure::new(error).help("choose another port with `-P HOST:NAME.PORT`")
}
