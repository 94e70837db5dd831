package discordtest

import (
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
)

func addCommandRoutes(add adder) {
	for _, base := range []string{"applications/{application}/commands", "applications/{application}/guilds/{guild}/commands"} {
		add(http.MethodGet, base, inScope((*Server).listCommands))
		add(http.MethodPut, base, inScope((*Server).overwriteCommands))
		add(http.MethodPost, base, inScope((*Server).createCommand))
		add(http.MethodGet, base+"/{command}", inScope((*Server).getCommand))
		add(http.MethodPatch, base+"/{command}", inScope((*Server).editCommand))
		add(http.MethodDelete, base+"/{command}", inScope((*Server).deleteCommand))
	}
}

// inScope makes a handler of one that needs the commands of the path's scope.
func inScope(f func(*Server, *commandSet, *call) (answer, *apiError)) handler {
	return func(s *Server, c *call) (answer, *apiError) {
		if c.params["application"] != s.application {
			return answer{}, violation(http.StatusForbidden, 20012, "You are not authorized to perform this action on this application")
		}
		id, ofGuild := c.params["guild"]
		if !ofGuild {
			return f(s, s.commands, c)
		}
		g := s.guild(id)
		if g == nil {
			return answer{}, refuse(http.StatusForbidden, codeMissingAccess, "Missing Access")
		}
		return f(s, g.commands, c)
	}
}

func (s *Server) listCommands(cs *commandSet, _ *call) (answer, *apiError) {
	return answer{body: cs.copies()}, nil
}

// overwriteCommands replaces all commands of a scope. Only names that are new
// count towards the day's creates.
func (s *Server) overwriteCommands(cs *commandSet, c *call) (answer, *apiError) {
	top := c.body()
	top.required()
	list := top.list(0, math.MaxInt)
	checkCommands(list, c.params["guild"] != "")
	set := make([]*Command, 0, len(list))
	for _, f := range list {
		cmd := &Command{Type: CommandSlash}
		f.into(cmd)
		set = append(set, cmd)
	}
	if err := c.form.err(); err != nil {
		return answer{}, err
	}
	fresh := 0
	for _, cmd := range set {
		if cs.named(cmd.Type, cmd.Name) == nil {
			fresh++
		}
	}
	if err := checkCounts(set); err != nil {
		return answer{}, err
	}
	if !cs.mayCreate(fresh, s.Now()) {
		return answer{}, tooManyCreates()
	}
	for _, cmd := range set {
		s.register(cmd, cs.named(cmd.Type, cmd.Name), c)
	}
	cs.list = set
	return answer{body: cs.copies()}, nil
}

// createCommand adds a command, or replaces the one of its name and type.
func (s *Server) createCommand(cs *commandSet, c *call) (answer, *apiError) {
	checkCommands([]field{c.body()}, c.params["guild"] != "")
	cmd := &Command{Type: CommandSlash}
	c.body().into(cmd)
	if err := c.form.err(); err != nil {
		return answer{}, err
	}
	old := cs.named(cmd.Type, cmd.Name)
	if old == nil && !cs.mayCreate(1, s.Now()) {
		return answer{}, tooManyCreates()
	}
	s.register(cmd, old, c)
	if old != nil {
		*old = *cmd
		return answer{body: *old}, nil
	}
	if err := checkCounts(append(slices.Clone(cs.list), cmd)); err != nil {
		return answer{}, err
	}
	cs.list = append(cs.list, cmd)
	return answer{status: http.StatusCreated, body: *cmd}, nil
}

// register gives a command its ids; it keeps the id of the one it replaces.
func (s *Server) register(cmd, old *Command, c *call) {
	cmd.ApplicationID, cmd.GuildID, cmd.Version = s.application, c.params["guild"], s.newID()
	cmd.ID = cmd.Version
	if old != nil {
		cmd.ID = old.ID
	}
}

func (s *Server) getCommand(cs *commandSet, c *call) (answer, *apiError) {
	cmd := cs.find(func(o *Command) bool { return o.ID == c.params["command"] })
	if cmd == nil {
		return answer{}, unknownCommand()
	}
	return answer{body: *cmd}, nil
}

// editCommand changes what was sent and keeps the rest.
func (s *Server) editCommand(cs *commandSet, c *call) (answer, *apiError) {
	cmd := cs.find(func(o *Command) bool { return o.ID == c.params["command"] })
	if cmd == nil {
		return answer{}, unknownCommand()
	}
	merged, ok := mustDecode(compact(cmd)).(map[string]any)
	sent, isObject := c.body().v.(map[string]any)
	if ok && isObject {
		maps.Copy(merged, sent)
	}
	c.form = newForm(merged)
	checkCommands([]field{c.body()}, false)
	next := Command{Type: CommandSlash}
	c.body().into(&next)
	if err := c.form.err(); err != nil {
		return answer{}, err
	}
	s.register(&next, cmd, c)
	*cmd = next
	return answer{body: next}, nil
}

func (s *Server) deleteCommand(cs *commandSet, c *call) (answer, *apiError) {
	n := len(cs.list)
	cs.list = slices.DeleteFunc(cs.list, func(o *Command) bool { return o.ID == c.params["command"] })
	if len(cs.list) == n {
		return answer{}, unknownCommand()
	}
	return answer{status: http.StatusNoContent}, nil
}

func unknownCommand() *apiError {
	return refuse(http.StatusNotFound, codeUnknownCommand, "Unknown application command")
}

func tooManyCreates() *apiError {
	return refuse(http.StatusBadRequest, codeCommandCreates,
		"Max number of daily application command creates has been reached ("+strconv.Itoa(maxCreatesPerDay)+")")
}

// mustDecode decodes JSON that the server has made itself.
func mustDecode(text string) any {
	v, err := decodeJSON([]byte(text))
	if err != nil {
		return nil
	}
	return v
}
