//! A shelf on the device's disk (IndexedDB): texts by key, kept until they are taken away.
//!
//! A text counts as kept only once its transaction has completed with strict durability (Indexed Database
//! API 3.0, section 2.7.2): it is then on the disk, and not in a buffer that a flat battery empties.

use leptos::prelude::window;
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    IdbDatabase, IdbRequest, IdbTransaction,
    js_sys::{Array, Function, Object, Promise, Reflect},
};

const STORE: &str = "unsent";

/// Waits for a request; `events` is whatever takes the two handlers.
async fn settled(handlers: impl Fn(&Function, &Function)) -> Result<(), JsValue> {
    JsFuture::from(Promise::new(&mut |resolve, reject| handlers(&resolve, &reject))).await.map(|_| ())
}

async fn answered(request: &IdbRequest) -> Result<JsValue, JsValue> {
    settled(|resolve, reject| {
        request.set_onsuccess(Some(resolve));
        request.set_onerror(Some(reject));
    })
    .await?;
    request.result()
}

async fn open(database: &str) -> Result<IdbDatabase, JsValue> {
    let factory = window().indexed_db()?.ok_or(JsValue::NULL)?;
    let request = factory.open_with_u32(database, 1)?;
    let asked = request.clone();
    let upgrade = Closure::once_into_js(move || {
        if let Ok(database) = asked.result() {
            let _ = database.unchecked_into::<IdbDatabase>().create_object_store(STORE);
        }
    });
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    Ok(answered(&request).await?.unchecked_into())
}

/// A transaction whose end means that it is on the disk. (web-sys counts the option as unstable.)
fn strict(database: &IdbDatabase) -> Result<IdbTransaction, JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"durability".into(), &"strict".into())?;
    let begin: Function = Reflect::get(database, &"transaction".into())?.dyn_into()?;
    begin.call3(database, &STORE.into(), &"readwrite".into(), &options).map(JsCast::unchecked_into)
}

/// An id for what is kept. It need not be secret, only new.
pub fn new_id() -> Uuid {
    let mut bytes = [0u8; 16];
    for chunk in bytes.chunks_mut(4) {
        let word = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
        chunk.copy_from_slice(&word.to_le_bytes());
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// Keeps texts by their keys and takes others away; returns when that is on the disk.
pub async fn change(database: &str, keep: &[(Uuid, String)], forget: &[Uuid]) -> Result<(), JsValue> {
    let database = open(database).await?;
    let outcome = async {
        let transaction = strict(&database)?;
        let store = transaction.object_store(STORE)?;
        for (key, text) in keep {
            store.put_with_key(&text.into(), &key.to_string().into())?;
        }
        for key in forget {
            store.delete(&key.to_string().into())?;
        }
        settled(|resolve, reject| {
            transaction.set_oncomplete(Some(resolve));
            transaction.set_onabort(Some(reject));
        })
        .await
    }
    .await;
    database.close();
    outcome
}

/// All texts that are kept, in no order.
pub async fn all(database: &str) -> Result<Vec<String>, JsValue> {
    let database = open(database).await?;
    let outcome = async {
        let store = database.transaction_with_str(STORE)?.object_store(STORE)?;
        answered(store.get_all()?.unchecked_ref()).await
    }
    .await;
    database.close();
    Ok(outcome?.unchecked_into::<Array>().iter().filter_map(|text| text.as_string()).collect())
}
