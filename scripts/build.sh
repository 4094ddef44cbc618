#!/usr/bin/env bash
# Builds one part: scripts/build.sh server|browser|style [--dev]
#   server    target/release/magistra
#   browser   the WebAssembly half, into target/site/pkg
#   style     style/main.css and public/, into target/site
# --dev builds fast instead of small: target/debug/magistra, and the site in target/site-dev.
# `make build` runs the three side by side. Each does only what its input asks for.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PART=${1:-}
DEV=
[ "${2:-}" != --dev ] || DEV=1
[ -n "${2:-}" ] && [ -z "$DEV" ] && die "scripts/build.sh: unknown option '$2'"
if [ -n "$DEV" ]; then SITE=$ROOT/target/site-dev; else SITE=$ROOT/target/site; fi
STAMPS=$ROOT/target/stamps

# Side by side, every line says whose it is.
labelled() {
    if [ -n "${MAGISTRA_SIDE_BY_SIDE:-}" ]; then
        "$@" 2>&1 | sed -u "s/^/$(printf '%-8s' "$PART")| /"
    else
        "$@"
    fi
}

sum() { cat "$@" | sha256sum | cut -d ' ' -f 1; }

server() {
    local name=release
    local args=(build --locked --bin magistra --features ssr)
    if [ -n "$DEV" ]; then name=debug; else args+=(--release); fi
    say "Server: cargo ${args[*]}"
    labelled cargo "${args[@]}" || die "The server did not compile." "The compiler's reasons are above."
    local built=$TARGET_DIR/$name/magistra here=$ROOT/target/$name/magistra
    if [ "$built" != "$here" ]; then
        mkdir -p "$(dirname "$here")"
        [ "$built" -ef "$here" ] || ln -f "$built" "$here" 2>/dev/null || cp --remove-destination "$built" "$here"
    fi
}

browser() {
    local profile=wasm-release folder=wasm-release mode
    if [ -n "$DEV" ]; then
        profile=dev
        folder=debug
    fi
    # A folder of its own, so that the two halves can build at once and two compilers never meet.
    local args=(build --locked --lib --no-default-features --features hydrate --target "$WASM_TARGET"
        --profile "$profile" --target-dir "$TARGET_DIR/wasm")
    mode=$(wasm_toolchain)
    case $mode in
    rustup)
        say "Browser: cargo ${args[*]:0:8} ..."
        labelled cargo "${args[@]}"
        ;;
    fallback)
        say "Browser: $WEB_CARGO ${args[*]:0:8} ... -Z build-std"
        # A target folder per compiler: they must not undo each other's work.
        args[${#args[@]}-1]=$TARGET_DIR/wasm-fallback
        labelled env -u RUSTUP_TOOLCHAIN -u CARGO RUSTC=$WEB_RUSTC RUSTC_BOOTSTRAP=1 \
            CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$WEB_LINKER \
            $WEB_CARGO "${args[@]}" -Z build-std=std,panic_abort
        ;;
    *) die "This machine cannot compile for the browser yet." "Run: scripts/setup.sh" ;;
    esac || die "The browser half did not compile." "The compiler's reasons are above."

    local wasm=${args[${#args[@]}-1]}/$WASM_TARGET/$folder/magistra.wasm stamp=$STAMPS/browser${DEV:+-dev} key
    key="$(sum "$wasm" "$TOOLS"/*.version scripts/tools/*.mjs scripts/tools/package-lock.json scripts/build.sh)"
    if [ "$(cat "$stamp" 2>/dev/null)" = "$key" ] && [ -s "$SITE/pkg/magistra_bg.wasm" ] && [ -s "$SITE/pkg/magistra.js" ]; then return; fi

    # One module a visitor needs, and parts that are loaded when wanted (src/ui/lazy.rs).
    say "Browser: wasm-split-cli, wasm-bindgen"
    local out split
    out=$(mktemp -d "${TMPDIR:-/tmp}/magistra-pkg.XXXXXX")
    # shellcheck disable=SC2064
    trap "rm -rf '$out'" EXIT
    split=$out/split
    mkdir -p "$split"
    "$TOOLS/bin/wasm-split-cli" --out-name magistra "$wasm" "$split" >"$out/split.log" 2>&1 || {
        cat "$out/split.log" >&2
        die "wasm-split-cli failed." "Its reason is above."
    }
    local bindgen=("$TOOLS/bin/wasm-bindgen" --target web --no-typescript --keep-lld-exports --no-demangle
        --out-dir "$out" --out-name magistra)
    [ -n "$DEV" ] || bindgen+=(--remove-name-section --remove-producers-section)
    "${bindgen[@]}" "$split/magistra.wasm" || die "wasm-bindgen failed." \
        "If it names another version: Cargo.lock changed; run scripts/setup.sh."
    mv "$split"/__wasm_split.js "$out/"
    if [ -z "$DEV" ]; then
        say "Browser: wasm-opt -Oz"
        local module
        for module in "$out/magistra_bg.wasm" "$split"/*_*.wasm; do
            # Exactly what rustc switches on for wasm32-unknown-unknown.
            "$NODE_TOOLS/.bin/wasm-opt" -Oz --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext \
                --enable-mutable-globals --enable-reference-types --enable-multivalue \
                "$module" -o "$module.small" || die "wasm-opt failed on $(basename "$module")." "Its reason is above."
            mv "$module.small" "$module"
        done
    fi
    mkdir -p "$SITE/pkg" "$STAMPS"
    # One script for what wasm-bindgen, the splitter and the crates bring; the parts named by their content.
    node scripts/tools/browser.mjs "$out" "$SITE/pkg" ${DEV:+--dev} || die "The scripts could not be joined." "The reason is above."
    echo "$key" >"$stamp"
}

style() {
    [ -f style/main.css ] || die "style/main.css is missing." "Is the checkout complete?"
    node scripts/tools/style.mjs "$SITE" ${DEV:+--dev} || die "The style sheet or public/ could not be built." "The reason is above."
}

case $PART in
server) server ;;
browser) browser ;;
style) style ;;
*) die "Say: scripts/build.sh server|browser|style [--dev]" ;;
esac
