package desktop

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// asset is one file that pages load.
type asset struct {
	kind          string
	plain, zipped []byte // zipped is nil where it would not be smaller
}

// bundle is all that the pages load.
type bundle struct {
	assets          map[string]asset  // by name, which holds a digest
	scripts, styles map[string]string // by application: the address of what its page loads first
}

// named is the address of the asset whose name begins so.
func (b *bundle) named(begins string) string {
	for name := range b.assets {
		if strings.HasPrefix(name, begins+"-") {
			return AssetsPath + "/" + name
		}
	}
	return ""
}

// applications are the scripts that a page begins with.
func applications() []string { return []string{"admin", "board", "desk", "phone", "signin"} }

// vendored is where the modules are that the sources import by name.
func vendored(name string) (file string, known bool) {
	file, known = map[string]string{
		"preact": "preact.mjs", "preact/hooks": "preact-hooks.mjs", "preact/jsx-runtime": "preact-jsx-runtime.mjs",
		"@preact/signals": "signals.mjs", "@preact/signals-core": "signals-core.mjs",
	}[name]
	return "web/vendor/" + file, known
}

// kinds are the types of what is bundled, by the end of its name.
func kinds() map[string]string {
	return map[string]string{
		".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2",
		".txt": "text/plain; charset=utf-8",
	}
}

// bundled makes the bundle from the embedded sources.
func bundled() (*bundle, error) {
	points := make([]string, 0, len(applications()))
	for _, name := range applications() {
		points = append(points, "web/"+name+"/"+name+".tsx")
	}
	result := api.Build(api.BuildOptions{
		EntryPoints: points, EntryNames: "[name]-[hash]", ChunkNames: "part-[hash]", AssetNames: "[name]-[hash]",
		Outdir: "/", PublicPath: AssetsPath, Bundle: true, Splitting: true, Format: api.FormatESModule, Target: api.ES2022,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, Charset: api.CharsetUTF8, Metafile: true,
		JSX: api.JSXAutomatic, JSXImportSource: "preact", LogLevel: api.LogLevelSilent, Plugins: []api.Plugin{embedded()},
		Banner: map[string]string{"js": "/* licences: " + AssetsPath + "/licences.txt */"},
	})
	if len(result.Errors) > 0 {
		return nil, fmt.Errorf("the pages cannot be bundled: %s", strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	b := &bundle{assets: map[string]asset{}, scripts: map[string]string{}, styles: map[string]string{}}
	for _, file := range result.OutputFiles {
		name := path.Base(strings.ReplaceAll(file.Path, `\`, "/"))
		b.assets[name] = newAsset(name, file.Contents)
	}
	if err := b.add("web/icons/*.svg"); err != nil {
		return nil, err
	}
	licences, err := licences()
	if err != nil {
		return nil, err
	}
	b.assets["licences.txt"] = newAsset("licences.txt", licences)
	return b, b.enter(result.Metafile)
}

// add takes in files that no script mentions, because the page's document does.
func (b *bundle) add(pattern string) error {
	files, err := fs.Glob(web, pattern)
	if err != nil {
		return fmt.Errorf("files of the pages: %w", err)
	}
	for _, file := range files {
		content, err := web.ReadFile(file)
		if err != nil {
			return fmt.Errorf("files of the pages: %w", err)
		}
		end := path.Ext(file)
		name := strings.TrimSuffix(path.Base(file), end) + "-" + digest(content) + end
		b.assets[name] = newAsset(name, content)
	}
	return nil
}

func newAsset(name string, content []byte) asset {
	a := asset{kind: kinds()[path.Ext(name)], plain: content}
	var zipped bytes.Buffer
	w, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression) // a known level
	_, _ = w.Write(content)                                    // into memory
	_ = w.Close()
	if zipped.Len() < len(content)*9/10 {
		a.zipped = zipped.Bytes()
	}
	return a
}

// enter finds out what each page loads first.
func (b *bundle) enter(metafile string) error {
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string `json:"entryPoint"`
			CSSBundle  string `json:"cssBundle"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return fmt.Errorf("the pages cannot be bundled: %w", err)
	}
	for name, out := range meta.Outputs {
		if out.EntryPoint == "" {
			continue
		}
		page := strings.TrimSuffix(path.Base(out.EntryPoint), ".tsx")
		b.scripts[page] = AssetsPath + "/" + path.Base(name)
		b.styles[page] = AssetsPath + "/" + path.Base(out.CSSBundle)
	}
	return nil
}

// sourceSpace is the namespace of the embedded sources within a build.
const sourceSpace = "web"

// embedded finds what is imported among the embedded sources.
func embedded() api.Plugin {
	return api.Plugin{Name: sourceSpace, Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			if a.Kind == api.ResolveEntryPoint {
				return api.OnResolveResult{Path: path.Clean(a.Path), Namespace: sourceSpace}, nil
			}
			if !strings.HasPrefix(a.Path, ".") {
				file, known := vendored(a.Path)
				if !known {
					return api.OnResolveResult{}, fmt.Errorf("%s imports %s, which is not among web/vendor", a.Importer, a.Path)
				}
				return api.OnResolveResult{Path: file, Namespace: sourceSpace}, nil
			}
			return api.OnResolveResult{Path: source(path.Join(path.Dir(a.Importer), a.Path)), Namespace: sourceSpace}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: sourceSpace}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			content, err := web.ReadFile(a.Path)
			if err != nil {
				return api.OnLoadResult{}, fmt.Errorf("source of a page: %w", err)
			}
			text := string(content)
			return api.OnLoadResult{Contents: &text, Loader: loader(a.Path)}, nil
		})
	}}
}

// source is the file that an import without an extension means.
func source(file string) string {
	for _, end := range []string{"", ".ts", ".tsx"} {
		if info, err := fs.Stat(web, file+end); err == nil && !info.IsDir() {
			return file + end
		}
	}
	return file // reading it tells that it is not there
}

func loader(file string) api.Loader {
	switch path.Ext(file) {
	case ".ts":
		return api.LoaderTS
	case ".tsx":
		return api.LoaderTSX
	case ".css":
		return api.LoaderCSS
	case ".mjs":
		return api.LoaderJS
	}
	return api.LoaderFile
}

// licences are those of what others made.
func licences() ([]byte, error) {
	files, err := fs.Glob(web, "web/vendor/*.txt")
	if err != nil {
		return nil, fmt.Errorf("licences: %w", err)
	}
	var all bytes.Buffer
	for _, file := range files {
		text, err := web.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("licences: %w", err)
		}
		fmt.Fprintf(&all, "== %s\n\n%s\n", path.Base(file), text)
	}
	return all.Bytes(), nil
}
