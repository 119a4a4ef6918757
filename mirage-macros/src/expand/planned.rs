//! Unikernels of a plan: a type for `image!`, in place of an entry.

use crate::signature::Main;
use mirage_graph::{graph::Remote, port::Protocol};
use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::runtime;

/// The type that stands for the unikernel, with the name of its function.
pub(super) fn type_of(main: &Main) -> TokenStream {
    let (visibility, name) = (main.visibility(), main.user_name());
    let documentation = " The unikernel, for `image!`.";
    quote_spanned! {name.span()=>
        #[doc = #documentation]
        #[allow(dead_code, non_camel_case_types)]
        #visibility enum #name {}
    }
}

/// The implementation of the type, by which `image!` starts it.
pub(super) fn unikernel(main: &Main, list: &TokenStream) -> TokenStream {
    let name = main.user_name();
    let (start, boot) = match list.is_empty() {
        true => (
            quote!(_rt::__start(&_IMAGE, _unikernel)),
            quote!(_rt::__boot(context, args, _unikernel)),
        ),
        false => (
            quote!(_rt::__start_with_arguments(&_IMAGE, #list _unikernel)),
            quote!(_rt::__boot_with_arguments(context, (&_IMAGE, args), #list _unikernel)),
        ),
    };
    quote! {
        impl _rt::graph::Unikernel for #name {
            const IMAGE: _rt::graph::Image = _IMAGE;
            const MANIFEST: &'static [_rt::graph::Piece] = _MANIFEST;
            fn start() -> ! {
                #start
            }
            fn boot(
                context: _rt::graph::StartContext,
                args: &[&str],
            ) -> impl ::core::future::Future<Output = _rt::graph::Outcome> + 'static + use<> {
                #boot
            }
        }
    }
}

/// The type of a unikernel with errors, so that its users have none.
pub(crate) fn stub(main: &Main) -> TokenStream {
    let (type_, name, runtime) = (type_of(main), main.user_name(), runtime());
    let image = main.user_name().to_string();
    quote! {
        #type_
        const _: () = {
            use #runtime as _rt;
            impl _rt::graph::Unikernel for #name {
                const IMAGE: _rt::graph::Image = _rt::graph::Image {
                    name: #image,
                    log: _rt::graph::log::LevelFilter::Off,
                    stack: 0,
                    targets: &[],
                    solo5_devices: &[],
                };
                const MANIFEST: &'static [_rt::graph::Piece] = &[];
                fn start() -> ! {
                    loop {}
                }
                fn boot(
                    _: _rt::graph::StartContext,
                    _: &[&str],
                ) -> impl ::core::future::Future<Output = _rt::graph::Outcome> + 'static + use<> {
                    ::core::future::pending()
                }
            }
        };
    }
}

/// The configuration of a link.
pub(super) fn remote(remote: &Remote) -> TokenStream {
    let type_ = match remote.protocol {
        Protocol::Udp => quote!(_rt::graph::net::UdpLink),
        Protocol::Tcp | Protocol::Both => quote!(_rt::graph::net::TcpLink),
    };
    let octets = remote.address.ip().octets().map(Literal::u8_unsuffixed);
    let port = Literal::u16_unsuffixed(remote.address.port());
    quote!(#type_::to(::core::net::SocketAddrV4::new(::core::net::Ipv4Addr::new(#(#octets),*), #port)))
}

/// The type that `main` receives for a link.
pub(crate) fn type_of_remote(remote: &Remote) -> &'static str {
    match remote.protocol {
        Protocol::Udp => "UdpRemote",
        Protocol::Tcp | Protocol::Both => "Remote",
    }
}
