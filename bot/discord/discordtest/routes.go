package discordtest

import (
	"net/http"
	"strings"
)

// A route is a method and a template with the one who answers it.
type route struct {
	method    string
	template  string
	parts     []string
	handler   handler
	open      bool // without the bot's token: the path holds one
	exempt    bool // from the global rate limit
	tight     bool // its own limit is tighter than others
	needsBody bool
}

// A handler answers a call. The world is locked while it runs.
type handler func(*Server, *call) (answer, *apiError)

// String is the route as documents write it.
func (r *route) String() string { return r.method + " /" + r.template }

// allRoutes is the table of what is answered. A template with a literal comes
// before one with a parameter in its place.
func allRoutes() []route {
	var table []route
	add := func(method, template string, h handler, change ...func(*route)) {
		r := route{method: method, template: template, parts: strings.Split(template, "/"), handler: h}
		r.needsBody = method == http.MethodPost || method == http.MethodPatch
		for _, f := range change {
			f(&r)
		}
		table = append(table, r)
	}
	addGatewayRoutes(add)
	addPeopleRoutes(add)
	addGuildRoutes(add)
	addMessageRoutes(add)
	addReactionRoutes(add)
	addThreadRoutes(add)
	addCommandRoutes(add)
	addInteractionRoutes(add)
	return table
}

// An adder adds a route to the table.
type adder func(method, template string, h handler, change ...func(*route))

// byToken marks routes of interactions: no bot's token, no global limit.
func byToken(r *route) { r.open, r.exempt = true, true }

// tight marks routes whose limit is tighter.
func tight(r *route) { r.tight = true }

// findRoute finds the call's route and its parameters.
func (s *Server) findRoute(c *call) *apiError {
	rest, ok := apiPath(c.req.URL.EscapedPath())
	if !ok {
		return noRoute(c)
	}
	parts := strings.Split(rest, "/")
	known := false
	for i := range s.routes {
		r := &s.routes[i]
		params, ok := r.match(parts)
		if !ok {
			continue
		}
		if r.method == c.req.Method {
			c.route, c.params = r, params
			return nil
		}
		known = true
	}
	if known {
		return violation(http.StatusMethodNotAllowed, codeGeneral, "405: Method Not Allowed")
	}
	return noRoute(c)
}

func noRoute(*call) *apiError {
	return violation(http.StatusNotFound, codeGeneral, "404: Not Found")
}

// apiPath is the path below the version.
func apiPath(path string) (string, bool) {
	for _, prefix := range []string{"/api/v9/", "/api/v10/"} {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			return rest, true
		}
	}
	return "", false
}

// match is the parameters of a path that fits the template.
func (r *route) match(parts []string) (map[string]string, bool) {
	if len(parts) != len(r.parts) {
		return nil, false
	}
	for i, p := range r.parts {
		if p[0] != '{' && p != parts[i] {
			return nil, false
		}
	}
	params := map[string]string{}
	for i, p := range r.parts {
		if p[0] == '{' {
			params[strings.Trim(p, "{}")] = parts[i]
		}
	}
	return params, true
}

// major is the part of a path that has its own rate limit: the channel, the
// guild, or the webhook with its token.
func (r *route) major(params map[string]string) string {
	return params["channel"] + "/" + params["guild"] + "/" + params["token"]
}
