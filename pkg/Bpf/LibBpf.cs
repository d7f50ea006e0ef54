using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>The functions of libbpf 1.x that we use, under their own names; no logic.</summary>
internal static unsafe partial class LibBpf
{
    internal const string Library = "libbpf.so.1";

    // enum bpf_tc_attach_point.
    internal const int ClsactIngress = 1;
    internal const int ClsactEgress = 2;

    [LibraryImport(Library)]
    internal static partial int libbpf_num_possible_cpus();

    [LibraryImport(Library)]
    internal static partial nint libbpf_set_print(delegate* unmanaged[Cdecl]<int, byte*, nint, int> print);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_object__open_mem(byte* buffer, nuint size, ObjectOpenOptions* options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_object__load(nint obj);

    [LibraryImport(Library)]
    internal static partial void bpf_object__close(nint obj);

    [LibraryImport(Library)]
    internal static partial nint bpf_object__btf(nint obj);

    [LibraryImport(Library)]
    internal static partial byte* btf__raw_data(nint btf, out uint size);

    [LibraryImport(Library)]
    internal static partial nint bpf_object__next_map(nint obj, nint map);

    [LibraryImport(Library)]
    internal static partial nint bpf_map__name(nint map);

    [LibraryImport(Library)]
    internal static partial int bpf_map__type(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__key_size(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__value_size(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__max_entries(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__map_flags(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__btf_key_type_id(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__btf_value_type_id(nint map);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_map__set_max_entries(nint map, uint maxEntries);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_map__set_pin_path(nint map, string path);

    [LibraryImport(Library)]
    internal static partial int bpf_map__fd(nint map);

    [LibraryImport(Library)]
    internal static partial byte* bpf_map__initial_value(nint map, out nuint size);

    [LibraryImport(Library)]
    internal static partial nint bpf_object__next_program(nint obj, nint program);

    [LibraryImport(Library)]
    internal static partial nint bpf_program__name(nint program);

    [LibraryImport(Library)]
    internal static partial int bpf_program__fd(nint program);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_program__set_autoload(nint program, [MarshalAs(UnmanagedType.U1)] bool autoload);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_prog_test_run_opts(int fd, TestRunOptions* options);

    [LibraryImport(Library)]
    internal static partial int bpf_program__expected_attach_type(nint program);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_program__attach_iter(nint program, nint options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_iter_create(int linkFd);

    [LibraryImport(Library)]
    internal static partial int bpf_link__fd(nint link);

    [LibraryImport(Library)]
    internal static partial int bpf_link__destroy(nint link);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_link_create(int programFd, int targetFd, int attachType, LinkCreateOptions* options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_link_update(int linkFd, int programFd, nint options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_link_detach(int linkFd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_prog_query(int targetFd, int attachType, uint queryFlags, uint* attachFlags, uint* programIds, uint* programCount);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_tc_hook_create(ClsactHook* hook);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_tc_hook_destroy(ClsactHook* hook);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_tc_attach(ClsactHook* hook, ClsactOptions* options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_tc_query(ClsactHook* hook, ClsactOptions* options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_tc_detach(ClsactHook* hook, ClsactOptions* options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_prog_get_next_id(uint start, uint* next);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_prog_get_fd_by_id(uint id);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_map_get_fd_by_id(uint id);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_btf_get_fd_by_id(uint id);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_enable_stats(int type);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_obj_get_info_by_fd(int fd, void* info, uint* size);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_obj_get(string path);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_obj_pin(int fd, string path);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_map_lookup_elem(int fd, void* key, void* value);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_map_update_elem(int fd, void* key, void* value, ulong flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_map_delete_elem(int fd, void* key);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_map_lookup_batch(int fd, void* inBatch, void* outBatch, void* keys, void* values, uint* count, void* options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_map_get_next_key(int fd, void* key, void* nextKey);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_map_create(
        int type, string name, uint keySize, uint valueSize, uint maxEntries, MapCreateOptions* options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint ring_buffer__new(
        int mapFd, delegate* unmanaged[Cdecl]<nint, void*, nuint, int> sample, nint context, nint options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ring_buffer__add(
        nint buffer, int mapFd, delegate* unmanaged[Cdecl]<nint, void*, nuint, int> sample, nint context);

    [LibraryImport(Library)]
    internal static partial int ring_buffer__epoll_fd(nint buffer);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ring_buffer__consume(nint buffer);

    [LibraryImport(Library)]
    internal static partial void ring_buffer__free(nint buffer);

    /// <summary>The head of <c>struct bpf_object_open_opts</c>; libbpf takes what lies beyond <see cref="Size"/> for zero.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ObjectOpenOptions
    {
        internal nuint Size;
        internal nint ObjectName;
    }

    /// <summary>The head of <c>struct bpf_link_create_opts</c>; libbpf takes what lies beyond <see cref="Size"/> for zero.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct LinkCreateOptions
    {
        internal nuint Size;
        internal uint Flags;
        internal uint Pad;
    }

    /// <summary><c>struct bpf_tc_hook</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal record struct ClsactHook
    {
        internal nuint Size;
        internal int Device;
        internal int Point;
        internal uint Parent;
        internal uint Pad;
    }

    /// <summary><c>struct bpf_tc_opts</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ClsactOptions
    {
        internal nuint Size;
        internal int ProgramFd;
        internal uint Flags;
        internal uint ProgramId;
        internal uint Handle;
        internal uint Priority;
        internal uint Pad;
    }

    /// <summary>The head of <c>struct bpf_map_create_opts</c>; libbpf takes what lies beyond <see cref="Size"/> for zero.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MapCreateOptions
    {
        internal nuint Size;
        internal uint BtfFd;
        internal uint BtfKeyTypeId;
        internal uint BtfValueTypeId;
        internal uint BtfVmlinuxValueTypeId;
        internal uint InnerMapFd;
        internal uint MapFlags;
    }

    /// <summary>The head of <c>struct bpf_test_run_opts</c>; libbpf takes what lies beyond <see cref="Size"/> for zero.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TestRunOptions
    {
        internal nuint Size;
        internal byte* DataIn;
        internal byte* DataOut;
        internal uint DataSizeIn;
        internal uint DataSizeOut;
        internal void* ContextIn;
        internal void* ContextOut;
        internal uint ContextSizeIn;
        internal uint ContextSizeOut;
        internal uint Result;
        internal int Repeat;
        internal uint Duration;
        internal uint Flags;
    }
}
