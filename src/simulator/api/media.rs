//! Files: uploaded, named by their `file_id`, fetched.

use serde_json::{Value, json};

use super::super::refusal::Refusal;
use super::super::world::StoredFile;
use super::World;
use super::parameters::Parameters;

/// The number of the file that the parameter `name` uploads or names.
pub fn file(world: &mut World, parameters: &Parameters, name: &str) -> Result<u64, Refusal> {
    let value = parameters.text(name).unwrap_or_default();
    if value.is_empty() && parameters.upload(name, None).is_none() {
        return Err(Refusal::bad_request(format!("there is no {name} in the request")));
    }
    attached(world, parameters, name, &value)
}

/// The number of the file that `value` stands for: an upload as `attach://…` or under `name`, or a `file_id`.
/// Addresses are refused, for the simulator fetches nothing from outside.
pub fn attached(world: &mut World, parameters: &Parameters, name: &str, value: &str) -> Result<u64, Refusal> {
    if let Some(upload) = parameters.upload(name, Some(value)) {
        return Ok(world.files.add(upload.name.as_str(), upload.mime.as_str(), upload.bytes.clone()));
    }
    if value.starts_with("http://") || value.starts_with("https://") {
        return Err(Refusal::bad_request("failed to get HTTP URL content"));
    }
    world.files.number(value).map_err(|_| Refusal::bad_request("wrong file identifier/HTTP URL specified"))
}

pub fn get_file(world: &mut World, parameters: &Parameters) -> Result<Value, Refusal> {
    let number = world.files.number(&parameters.text("file_id").unwrap_or_default())?;
    let mut json = world.file_json(number);
    json["file_path"] = json!(format!("{FOLDER}{number}"));
    Ok(json)
}

/// The file at a `file_path`.
pub fn stored_at<'a>(world: &'a World, path: &str) -> Option<&'a StoredFile> {
    world.files.get(path.strip_prefix(FOLDER)?.parse().ok()?)
}

const FOLDER: &str = "documents/file_";
