CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY, username TEXT NOT NULL, given TEXT NOT NULL, family TEXT NOT NULL,
    email TEXT NOT NULL, idnumber TEXT NOT NULL, admin INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS courses (
    id INTEGER PRIMARY KEY, shortname TEXT NOT NULL, fullname TEXT NOT NULL,
    idnumber TEXT NOT NULL, startdate INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS enrolments (
    course_id INTEGER NOT NULL, user_id INTEGER NOT NULL, role TEXT NOT NULL,
    active INTEGER NOT NULL, PRIMARY KEY (course_id, user_id));
CREATE TABLE IF NOT EXISTS activities (
    id INTEGER PRIMARY KEY, cmid INTEGER NOT NULL UNIQUE, course_id INTEGER NOT NULL,
    name TEXT NOT NULL, intro TEXT NOT NULL, tool_url TEXT NOT NULL, custom TEXT NOT NULL,
    grade REAL, scale TEXT NOT NULL, resource_id TEXT NOT NULL, tag TEXT NOT NULL,
    review_url TEXT NOT NULL, review_custom TEXT NOT NULL, type_id INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tools (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, client_id TEXT NOT NULL UNIQUE,
    tool_url TEXT NOT NULL, initiate_login_uri TEXT NOT NULL, redirect_uris TEXT NOT NULL,
    jwks_url TEXT NOT NULL, deep_linking_url TEXT NOT NULL, custom TEXT NOT NULL,
    domain TEXT NOT NULL, description TEXT NOT NULL, gradesync INTEGER NOT NULL,
    memberships INTEGER NOT NULL, toolsettings INTEGER NOT NULL, basic_outcomes INTEGER NOT NULL,
    send_name INTEGER NOT NULL, send_email INTEGER NOT NULL, active INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS launches (
    id TEXT PRIMARY KEY, user_id INTEGER NOT NULL, course_id INTEGER NOT NULL,
    type_id INTEGER NOT NULL, activity_id INTEGER, message_type TEXT NOT NULL,
    for_user_id INTEGER);
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, type_id INTEGER NOT NULL, scopes TEXT NOT NULL,
    expires INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY, course_id INTEGER NOT NULL, itemtype TEXT NOT NULL,
    activity_id INTEGER, link_id INTEGER, type_id INTEGER, label TEXT NOT NULL,
    maximum REAL NOT NULL, scale TEXT NOT NULL, resource_id TEXT NOT NULL, tag TEXT NOT NULL,
    review_url TEXT NOT NULL, review_custom TEXT NOT NULL, locked INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS grades (
    item_id INTEGER NOT NULL, user_id INTEGER NOT NULL, raw REAL, final REAL, feedback TEXT,
    feedback_format INTEGER NOT NULL, overridden INTEGER NOT NULL, locked INTEGER NOT NULL,
    usermodified INTEGER NOT NULL, timemodified INTEGER, PRIMARY KEY (item_id, user_id))
