#[automatically_derived]
impl ::mirage_rt::arguments::Args for Arguments {
    const ARGUMENTS: &'static [::mirage_rt::arguments::Argument<&'static str>] = {
        #[allow(unused_imports)]
        use ::mirage_rt::arguments::OtherKind as _;
        &[
            ::mirage_rt::arguments::Argument {
                name: "listen-port",
                section: "Program",
                help: "The port to listen on",
                value: "LISTEN_PORT",
                kind: ::mirage_rt::arguments::KindOf::<u16>::KIND,
                presence: ::mirage_rt::arguments::Presence::Default("80"),
            },
            ::mirage_rt::arguments::Argument {
                name: "deny",
                section: "Program",
                help: "",
                value: "NAME",
                kind: ::mirage_rt::arguments::KindOf::<String>::KIND,
                presence: ::mirage_rt::arguments::Presence::List,
            },
            ::mirage_rt::arguments::Argument {
                name: "journal",
                section: "Program",
                help: "",
                value: "JOURNAL",
                kind: ::mirage_rt::arguments::KindOf::<String>::KIND,
                presence: ::mirage_rt::arguments::Presence::Optional,
            },
            ::mirage_rt::arguments::Argument {
                name: "verbose",
                section: "Program",
                help: "",
                value: "VERBOSE",
                kind: ::mirage_rt::arguments::Kind::Flag,
                presence: ::mirage_rt::arguments::Presence::Optional,
            },
        ]
    };
    fn read(
        _arguments: &::mirage_rt::arguments::ParsedArgs<'_>,
    ) -> ::core::result::Result<Self, ::mirage_rt::arguments::ArgumentError> {
        ::core::result::Result::Ok(Self {
            listen_port: _arguments.value::<u16>("listen-port")?,
            blocked: _arguments.list::<String>("deny")?,
            journal: _arguments.optional::<String>("journal")?,
            verbose: _arguments.flag("verbose"),
        })
    }
}
