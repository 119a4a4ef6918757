#[automatically_derived]
impl ::mirage_rt::arguments::Args for Arguments {
    const ARGUMENTS: &'static [::mirage_rt::graph::argument::Argument<&'static str>] = {
        use ::mirage_rt::graph::argument::OtherKind as _;
        const _: ::mirage_rt::graph::argument::Kind = ::mirage_rt::graph::argument::KindOf::<
            (),
        >::KIND;
        &[
            ::mirage_rt::graph::argument::Argument {
                name: "listen-port",
                section: "Program",
                help: "The port to listen on",
                value: "LISTEN_PORT",
                kind: ::mirage_rt::graph::argument::KindOf::<u16>::KIND,
                presence: ::mirage_rt::graph::argument::Presence::Default("80"),
            },
            ::mirage_rt::graph::argument::Argument {
                name: "deny",
                section: "Program",
                help: "",
                value: "NAME",
                kind: ::mirage_rt::graph::argument::KindOf::<String>::KIND,
                presence: ::mirage_rt::graph::argument::Presence::List,
            },
            ::mirage_rt::graph::argument::Argument {
                name: "journal",
                section: "Program",
                help: "",
                value: "JOURNAL",
                kind: ::mirage_rt::graph::argument::KindOf::<String>::KIND,
                presence: ::mirage_rt::graph::argument::Presence::Optional,
            },
            ::mirage_rt::graph::argument::Argument {
                name: "verbose",
                section: "Program",
                help: "",
                value: "VERBOSE",
                kind: ::mirage_rt::graph::argument::Kind::Flag,
                presence: ::mirage_rt::graph::argument::Presence::Optional,
            },
        ]
    };
    fn read(
        _arguments: &::mirage_rt::graph::argument::ParsedArgs<'_>,
    ) -> ::core::result::Result<Self, ::mirage_rt::arguments::ArgumentError> {
        ::core::result::Result::Ok(Self {
            listen_port: _arguments.value::<u16>("listen-port")?,
            blocked: _arguments.list::<String>("deny")?,
            journal: _arguments.optional::<String>("journal")?,
            verbose: _arguments.flag("verbose"),
        })
    }
}
#[cfg(test)]
#[::core::prelude::v1::test]
#[allow(non_snake_case, unnameable_test_items)]
fn defaults_of_Arguments_are_valid() {
    if let ::core::result::Result::Err(cause) = <u16 as ::mirage_rt::graph::argument::Value>::read(
        "80",
    ) {
        ::core::panic!("the default `{}` of `{}`: {cause}", "80", "listen-port");
    }
}
