::core::compile_error! {
    "MIR064: a unikernel's `main` cannot take `self`"
}
::core::compile_error! {
    "MIR020: `10.0.0.300` is not an IPv4 address\nhelp: write four numbers from 0 to 255, such as `10.0.0.2`"
}
::core::compile_error! {
    "MIR004: `name` takes a quoted string\nhelp: write `name = \"web\"`"
}
::core::compile_error! {
    "MIR007: `ip` needs a network interface\nhelp: declare one: `net = \"auto\"`"
}
::core::compile_error! {
    "MIR011: unknown node `http`\nhelp: the choices are `console`, `clock` and `random`"
}
#[allow(unused)]
async fn unikernel_main(http: TcpListener) {
    body(http)
}
