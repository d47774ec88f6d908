using HiEndMae.Configuration.Shared;
using System.Globalization;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Imaging;
using HiEndMae.Runs.Reporting;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Analysis;

/// <summary>Computes attention maps of several encoders for the same queries.</summary>
/// <param name="session">Models and their data.</param>
/// <param name="progress">Shows the progress.</param>
internal sealed class MapAnalysis(AnalysisSession session, IProgressDisplay progress)
{
    /// <summary>Computes the maps.</summary>
    /// <exception cref="UserException">A query is outside the scan, a name is unknown, or an encoder does not support attention analysis.</exception>
    /// <exception cref="VolumeException">There are no cases, or one cannot be read.</exception>
    public IReadOnlyList<MappedQuery> Run(MapRequest request, CancellationToken cancel)
    {
        session.Check(AnalysisNeed.Attention, request.Layers);
        int[] organs = [.. request.Organs.Select(Organ)];
        using DisposeScope scope = NewDisposeScope();
        List<MappedQuery> queries = Queries(request, organs, cancel);
        int count = session.Models.Count * queries.Count, at = 0;
        foreach (AnalyzedModel model in session.Models)
        {
            using DisposeScope one = NewDisposeScope();
            var encoder = (TokenEncoder)session.Load(model);
            int[] blocks = [.. request.Layers.Append(encoder.TokenInfo.Depth - 1).Distinct().Order()];
            for (int i = 0; i < queries.Count; i++)
            {
                cancel.ThrowIfCancellationRequested();
                queries[i] = queries[i] with { Models = [.. queries[i].Models, Map(model.Label, encoder, queries[i], blocks)] };
                progress.Report(++at, count, $"{model.Label}, {queries[i].Name}", TimeSpan.Zero);
            }
        }
        return queries;
    }

    private MappedModel Map(string label, TokenEncoder encoder, MappedQuery query, int[] blocks)
    {
        using DisposeScope scope = NewDisposeScope();
        Size3 crop = session.Data.Crop;
        Tensor volume = tensor(query.Crop.Image, [1, session.Channels, crop.X, crop.Y, crop.Z]).to(session.Device);
        IReadOnlyDictionary<int, float[][]> attention = PatchAttention.Of(encoder, volume, blocks);
        double[]? parts = query.Organ > 0 ? Fractions(query) : null;
        return new MappedModel(label, [.. blocks.Select(block =>
        {
            var layer = new MappedLayer(block, attention[block], []);
            return parts is null ? layer : layer with { Preference = [.. layer.Heads.Select((_, head) => Preference(layer.Row(head, query.Query.Patch), parts))] };
        })]);
    }

    // Rows are rescaled to sum 1, so that 1 means no preference with or without a class token.
    private static double Preference(float[] row, double[] parts)
    {
        double on = 0, all = 0;
        for (int i = 0; i < row.Length; i++) (on, all) = (on + (row[i] * parts[i]), all + row[i]);
        return on / all / parts.Average();
    }

    private static double[] Fractions(MappedQuery query)
    {
        var parts = new double[query.Grid.Count];
        Size3 crop = query.Crop.Grid.Size, patch = query.Patch, grid = query.Grid;
        for (int i = 0; i < query.Crop.Labels!.Length; i++)
        {
            if (query.Crop.Labels[i] != query.Organ) continue;
            int z = i % crop.Z, y = i / crop.Z % crop.Y, x = i / crop.Z / crop.Y;
            parts[(((x / patch.X) * grid.Y) + (y / patch.Y)) * grid.Z + (z / patch.Z)] += 1.0 / patch.Count;
        }
        return parts;
    }

    private List<MappedQuery> Queries(MapRequest request, int[] organs, CancellationToken cancel)
    {
        var found = new List<MappedQuery>();
        DatasetCase[] all = session.Cases(request.Split, 0, mustHaveLabels: organs.Length > 0);
        foreach (string id in request.Cases)
        {
            if (all.All(one => one.Id != id))
                throw new UserException($"--case {id}: the {request.Split.ToString().ToLowerInvariant()} cases of '{session.Info.Name}' do not include it. They are: {string.Join(", ", all.Take(10).Select(one => one.Id))}{(all.Length > 10 ? ", ..." : "")}.");
        }
        var missing = new HashSet<int>(organs);
        foreach (DatasetCase one in request.Cases.Count > 0 ? all.Where(one => request.Cases.Contains(one.Id)) : all)
        {
            using PreparedCases opened = session.Open([one], cancel);
            PreparedCase source = opened[0];
            // Without --case, places refer to the first case, and organs to the first case that contains them.
            if (request.Cases.Count > 0 || one == all[0]) found.AddRange(request.Places.Select(place => At(source, place)));
            Volume<ushort>? labels = organs.Length > 0 ? source.DecodeLabel() : null;
            foreach (int organ in organs)
            {
                if (request.Cases.Count == 0 && !missing.Contains(organ)) continue;
                if (MapQuery.InOrgan(labels!, organ, session.Data.Crop, session.Patch) is not { } query) continue;
                missing.Remove(organ);
                found.Add(Create(source, session.Info.LabelNames[organ], query, organ));
            }
            if (request.Cases.Count == 0 && missing.Count == 0) break;
        }
        if (missing.Count > 0)
            throw new UserException($"--organ: no {(request.Cases.Count > 0 ? "named" : request.Split.ToString().ToLowerInvariant())} case contains {string.Join(", ", missing.Select(organ => session.Info.LabelNames[organ]))}. Choose another --split or --case.");
        return found;
    }

    private MappedQuery At(PreparedCase source, QueryPlace place)
    {
        (double x, double y, double z) = place.IsVoxel ? source.Layout.Stored.Affine.Apply(place.X, place.Y, place.Z) : (place.X, place.Y, place.Z);
        (double i, double j, double k) = source.Layout.Grid.Affine.Inverse().Apply(x, y, z);
        var voxel = new Size3((int)Math.Round(i), (int)Math.Round(j), (int)Math.Round(k));
        for (int axis = 0; axis < 3; axis++)
        {
            if (voxel[axis] >= 0 && voxel[axis] < source.Size[axis]) continue;
            (double X, double Y, double Z) low = source.Layout.Grid.Affine.Apply(0, 0, 0), high = source.Layout.Grid.Affine.Apply(source.Size.X - 1, source.Size.Y - 1, source.Size.Z - 1);
            throw new UserException(string.Create(CultureInfo.InvariantCulture,
                $"--query {place} is outside case '{source.Id}'. Its voxels range from ({low.X:0.#}, {low.Y:0.#}, {low.Z:0.#}) to ({high.X:0.#}, {high.Y:0.#}, {high.Z:0.#}) mm; its file has {source.Layout.Stored.Size} voxels."));
        }
        MapQuery query = MapQuery.At(voxel, source.Size, session.Data.Crop, session.Patch);
        QueryCrop crop = QueryCrop.Cut(source, query.Start, session.Data.Crop);
        // If there is an organ at the position, it is outlined and its share is computed.
        int organ = crop.Labels is { } labels ? labels[Index(voxel, query.Start, session.Data.Crop)] : 0;
        return Create(source, place.ToString(), query, organ);
    }

    private MappedQuery Create(PreparedCase source, string name, MapQuery query, int organ)
    {
        Size3 crop = session.Data.Crop, patch = session.Patch;
        return new MappedQuery(
            source.Id, name, query, source.Layout.Grid.Affine.Apply(query.Voxel.X, query.Voxel.Y, query.Voxel.Z), QueryCrop.Cut(source, query.Start, crop), source.Layout.Stored,
            new Size3(crop.X / patch.X, crop.Y / patch.Y, crop.Z / patch.Z), patch, organ, []);
    }

    private static int Index(Size3 voxel, Size3 start, Size3 crop) => ((((voxel.X - start.X) * crop.Y) + (voxel.Y - start.Y)) * crop.Z) + (voxel.Z - start.Z);

    private int Organ(string name)
    {
        int index = session.Info.LabelNames.ToList().FindIndex(label => label.Equals(name, StringComparison.OrdinalIgnoreCase));
        return index > 0 ? index : throw new UserException($"--organ {name}: dataset '{session.Info.Name}' has no such class. Its classes are: {string.Join(", ", session.Info.LabelNames.Skip(1))}.");
    }
}
